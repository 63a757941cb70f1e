import { WebNetwork } from "../support/network/web-network.ts";
import { javascriptLibraries } from "./javascript-libraries.ts";
import { matrix } from "./matrix.ts";

matrix(javascriptLibraries, { start: () => WebNetwork.start() });
