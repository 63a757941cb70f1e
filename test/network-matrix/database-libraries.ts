import type { Library } from "./library.ts";

const PG8000 = ["pg8000==1.31.5", "scramp==1.4.17", "asn1crypto==1.5.1", "python-dateutil==2.9.0.post0", "six==1.17.0"];

export const databaseLibraries: readonly Library[] = [
  { name: "pg8000", program: "with_pg8000", packages: PG8000 },
  {
    name: "SQLAlchemy on PostgreSQL",
    program: "with_sqlalchemy",
    packages: ["sqlalchemy==2.0.48", ...PG8000],
  },
  { name: "redis", program: "with_redis", packages: ["redis==8.1.0"] },
  { name: "redis, asynchronous", program: "with_async_redis", packages: ["redis==8.1.0"] },
];
