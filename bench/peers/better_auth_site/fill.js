// Make a database with people in it: what to write is read as JSON, the cookies of all are printed as JSON.
import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import { getMigrations } from "better-auth/db/migration";

import { auth, database, hashPassword } from "./auth.js";

const HOUR = 3600_000; // ms
const WEEK = 7 * 24 * HOUR; // how long a session lasts

const given = JSON.parse(readFileSync(0, "utf8"));
await (await getMigrations(auth.options)).runMigrations();
const hashed = await hashPassword(given.password);
const began = new Date(Date.now() - HOUR).toISOString();
const expires = new Date(Date.now() - HOUR + WEEK).toISOString();
const { authCookies, secret } = await auth.$context;

const user = database.prepare(
  "INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES (?, ?, ?, 1, ?, ?)",
);
const account = database.prepare(
  "INSERT INTO account (id, accountId, providerId, userId, password, createdAt, updatedAt)" +
    " VALUES (?, ?, 'credential', ?, ?, ?, ?)",
);
const session = database.prepare(
  "INSERT INTO session (id, token, userId, ipAddress, userAgent, createdAt, updatedAt, expiresAt)" +
    " VALUES (?, ?, ?, '127.0.0.1', ?, ?, ?, ?)",
);

const secretId = () => randomBytes(24).toString("base64url");

/** Write a user with a session for each agent, and return the token of the first. */
const write = (email, name) => {
  const id = secretId();
  user.run(id, name, email, began, began);
  account.run(secretId(), id, id, hashed, began, began);
  const tokens = given.agents.map(secretId);
  tokens.forEach((token, turn) => session.run(secretId(), token, id, given.agents[turn], began, began, expires));
  return tokens[0];
};

const cookie = (token) => {
  const signature = createHmac("sha256", secret).update(token).digest("base64");
  return `${authCookies.sessionToken.name}=${encodeURIComponent(`${token}.${signature}`)}`;
};

const writeAll = database.transaction(() => given.emails.map((email, turn) => write(email, given.names[turn])));
console.log(JSON.stringify(writeAll().map(cookie)));
