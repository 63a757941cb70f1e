import { MailNetwork } from "../support/network/mail-network.ts";
import { mailLibraries } from "./mail-libraries.ts";
import { matrix } from "./matrix.ts";

matrix(mailLibraries, { start: () => MailNetwork.start() });
