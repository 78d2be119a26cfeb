// The pages: better-auth brings none. Its client is a JSON API, so a form needs JavaScript to be sent.
import { html, raw } from "hono/html";

const SEND = raw(`<script type="module">
for (const form of document.querySelectorAll("form")) form.onsubmit = async event => {
  event.preventDefault();
  const answer = await fetch(form.action, {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  if (answer.ok) location.assign("/profile");
  else form.querySelector("output").textContent = (await answer.json()).message;
};
</script>`);

const page = (title, body) => html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body>${body}${SEND}</body>
</html>`;

export const loginPage = () => page("Log in", html`<h1>Log in</h1>
<form action="/api/auth/sign-in/email">
<label>Email address <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button><output></output>
</form>`);

export const profilePage = (user, current, sessions) => page(user.name, html`<h1>${user.name}</h1>
<form action="/api/auth/update-user">
<label>Name <input name="name" value="${user.name}" required></label>
<button>Save</button><output></output>
</form>
<h2>Sessions</h2>
<ul>${sessions.map((session) => sessionRow(session, session.token === current.token))}</ul>`);

const sessionRow = (session, isCurrent) => html`
<li>${session.userAgent}, ${session.ipAddress}, since <time>${session.createdAt.toISOString()}</time>
${isCurrent ? html`<strong>this one</strong>` : html`<form action="/api/auth/revoke-session">
<input type="hidden" name="token" value="${session.token}"><button>Log out</button><output></output></form>`}</li>`;
