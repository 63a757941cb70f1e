import { WebNetwork } from "../support/network/web-network.ts";
import { httpLibraries } from "./http-libraries.ts";
import { matrix } from "./matrix.ts";

matrix(httpLibraries, { start: () => WebNetwork.start() });
