// Package mails holds the letters that the kit sends: for each, one file with its subject, its
// text part and its HTML part.
package mails
