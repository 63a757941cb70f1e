from helper import absent
