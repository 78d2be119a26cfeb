// better-auth as its documentation sets it up, on SQLite, with passwords hashed at the cost that our backend pays.
import { hash, verify } from "@node-rs/argon2";
import { betterAuth } from "better-auth";
import Database from "better-sqlite3";

const OWASP = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 }; // argon2id, KiB

export const hashPassword = (password) => hash(password, OWASP);

export const database = new Database(process.env.DATABASE_FILE);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL"); // as durable as ours

export const auth = betterAuth({
  baseURL: `http://${process.env.HOST}:${process.env.PORT}`,
  secret: process.env.SECRET_KEY,
  database,
  emailAndPassword: {
    enabled: true,
    requireEmailVerification: true,
    password: { hash: hashPassword, verify: ({ hash: hashed, password }) => verify(hashed, password) },
  },
  rateLimit: { enabled: false }, // one visitor here is a whole town
});
