import { DatabaseNetwork } from "../support/network/database-network.ts";
import { noPostgresql } from "../support/network/postgresql.ts";
import { noRedis } from "../support/network/redis.ts";
import { databaseLibraries } from "./database-libraries.ts";
import { matrix } from "./matrix.ts";

matrix(databaseLibraries, { start: () => DatabaseNetwork.start(), obstacle: noPostgresql ?? noRedis });
