import { WebNetwork } from "../support/network/web-network.ts";
import { matrix } from "./matrix.ts";
import { websocketLibraries } from "./websocket-libraries.ts";

matrix(websocketLibraries, { start: () => WebNetwork.start() });
