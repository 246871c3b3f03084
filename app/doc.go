// Package app is the account system of a web application: sign in, sign out, register, and what
// later features add to them, inside a Fiber app and on its database.
//
// # Use
//
// [New] takes one [Config] and refuses what cannot work, all of it at once, in sentences.
// [App.Mount] puts the routes on a server; [App.Require] guards the host's own; [App.Show] draws
// the host's pages in the same layout; [App.Command] is the program's command line.
//
// A [Feature] is a struct whose fields are its settings. Listing it enables it. Each is one file
// here, of the same name as its page, its props, its test and its document.
//
// # How it works
//
// Whatever proves who somebody is ends in one function, signIn, which asks every [Gate] in a fixed
// order before the one place that opens a session. A handler answers in one of four ways: it
// shows a page, rejects a form, leaves for another page, or returns an error. The same answer
// becomes a whole page, a fragment for htmx, or JSON, by who asks. What a request changes, it
// changes in one transaction; cookies are set and hooks called when that has committed.
//
// # What hosts change
//
// Views, Mails, Hooks and Elements are structs of functions, and nil means the kit's own. [Extend]
// adds fields to the account and to the registration form. [Gate] adds a step to signing in.
//
// # What it does not do
//
// It keeps no sessions for visitors who are not signed in, and none in cookies. It believes no
// forwarded header but what the proxies that the Config lists say of where a request came from. It does not protect
// routes that are registered before Mount. It sends no mail by itself outside development:
// that is the Mailer's work. It follows no link off the origins that the Config lists.
package app
