package verifycmd

// help is the text of antom notify verify --help.
const help = `Verify saved notifications, from files, folders, a pipe or pasted into the
terminal, and say why a signature does not match.

A webhook that fails? Save one request as it came in and name the file:

  antom notify verify request.http

If its signature does not match, every known cause is tried: the key, the path
behind a proxy, the client id, the time, a body that was parsed and written
again, a signature that lost its plus signs. The cause is told with the remedy
for Express, Spring, Flask, Django, Laravel and net/http. An explanation is never
a verification: the exit code stays 6. --explain CAUSE prints all that is known of a
cause.

Forms, told apart by content; each of them also as gzip:
  raw HTTP       as nc or a proxy saves it: CRLF or LF, chunked or not
  JSON envelope  {"url","headers","body" or "bodyBase64"}, also one a line
  HAR            as browsers and recording proxies export it
  curl commands  as browsers, Postman and --dry-run=curl write them
  JSON of others headers and body as API Gateway, Lambda, ngrok, Express, pino,
                 nginx, Sentry, Postman and Insomnia write them
  any other text a line of any framework's log, a dump of headers, a snippet of
                 code, curl -v, a hex dump, base64: see below
  body alone     with --time and --signature from the headers; --client-id and
                 --url default to the profile's. With --signature the input is
                 the body, whatever it looks like

A body without an exact length (a paste, a body file, a pipe) is tried as it is
and then without one final line end, which shells and editors add.

In any other text the signature, the time, the client id, the path and the body
are looked for, and the combination that verifies is the message. None that does
not verify is ever called genuine. The parts must stand within 64 KiB of the
signature; logs of any length are searched, and messages in them are told apart,
each with its line.

A notification saved together with its answer is an exchange: the answer is
judged as Antom judges an acknowledgement. The exit code is the signature's.

A genuine message that makes no sense is told of: an amount with a decimal point,
an unknown currency, a time in the future, a member twice, a success beside a
refusal, more captured than authorised.

Notifications and responses are verified with Antom's public key, requests with
the merchant's: the profile's, or --public-key-file. A message that is genuine and
for another client id than the profile's or --client-id is refused, as listen
refuses it; with --public-key-file alone any is taken, and told.

Answers do not say which call they answer: name its path with --url.

Many messages are verified on all cores and told in order, in constant memory. A
message that can't be read is a row of its own, with its place.

Exit code 6: a message did not verify. 1: a message could not be read. With
--quiet nothing is printed; with -o json or jsonl one verdict object a message,
with -o csv one row.`
