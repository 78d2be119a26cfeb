// Serve the site at HOST and PORT, by Hono on Node's own server.
import { serve } from "@hono/node-server";
import { Hono } from "hono";

import { auth } from "./auth.js";
import { loginPage, profilePage } from "./pages.js";

const app = new Hono();

app.on(["GET", "POST"], "/api/auth/*", (context) => auth.handler(context.req.raw));

app.get("/login", (context) => context.html(loginPage()));

app.get("/profile", async (context) => {
  const { headers } = context.req.raw;
  const found = await auth.api.getSession({ headers });
  if (!found) return context.redirect("/login");
  const sessions = await auth.api.listSessions({ headers });
  return context.html(profilePage(found.user, found.session, sessions));
});

serve({ fetch: app.fetch, hostname: process.env.HOST, port: Number(process.env.PORT) });
