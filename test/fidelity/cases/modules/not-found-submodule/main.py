import json.nope
