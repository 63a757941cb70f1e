import { WebNetwork } from "../support/network/web-network.ts";
import { matrix } from "./matrix.ts";
import { socketLibraries } from "./socket-libraries.ts";

matrix(socketLibraries, { start: () => WebNetwork.start() });
