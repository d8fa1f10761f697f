## Layout

skip = Skip to content
nav-label = Pages
nav-overview = Overview
nav-log = Provisioning log
signed-in-as = Signed in as { $subject }
sign-out = Sign out
language-label = Language
language-chosen = Pages are in English from now on.
number = { $number }
at-least = { $count } or more
retry = Try again
copy = Copy
copied = Copied
service-away = { $service } cannot be reached now. What it knows is not shown.
to-overview = To the overview
any = any
show = Show
search = Search
older = Older
details = Details
when = When
why = Why
what-to-do = What to do
why-and-what-to-do = Why, and what to do
integration = Integration
learner = Learner
cohort = Cohort

## Words of the API

environment-production = Production
environment-staging = Staging
state-enabled = enabled
state-paused = paused
state-disabled = disabled
state-detached = detached
warning-paused = Paused.
warning-disabled = Disabled.
warning-detached = Detached.
warning-no-credential = No token.
warning-credential-expires = A token ends soon.
kind-user = person
kind-group = group
kind-integration = integration
operation-create = create
operation-replace = replace
operation-patch = change
operation-delete = delete
operation-bulk = several at once
operation-read = read
operation-search = search
operation-discovery = ask what is supported
operation-token = ask for an access token
operation-sign-in = sign in
outcome-created = created
outcome-changed = changed
outcome-unchanged = nothing to change
outcome-deleted = deleted
outcome-read = read
outcome-found = found
outcome-not-found = not found
outcome-answered = answered
outcome-refused = refused
outcome-denied = not let in
outcome-failed = failed
outcome-health-check = health check
effect-created = learner created
effect-adopted = taken over
effect-updated = updated
effect-deactivated = deactivated
effect-reactivated = reactivated
effect-archived = archived
effect-joined = joined
effect-left = left
effect-unchanged = nothing to change
effect-superseded = superseded
effect-held = held
effect-waiting = waiting
effect-parked = parked

## Sign-in

sign-in-title = Sign in
sign-in = Sign in
sign-in-at-provider = Sign in with your organisation’s account
sign-in-by-link = With a one-time link
ask-for-link = Whoever holds an administrator’s token gets a link that signs in once, by this command:
link-title = Sign in with this link
link-text = The link is good once, and until ten minutes after it was made.
prove-at-provider = Sign in once more

## Problems

problem-not-signed-in-title = You are not signed in
problem-not-signed-in-text = Your sign-in has ended.
problem-not-fresh-title = Show once more who you are
problem-not-fresh-text = This lets somebody in. It needs that you signed in within the last ten minutes. Afterwards you are back where you were.
problem-no-integration-title = No integration yet
problem-no-integration-text = There is no integration that you may see. An owner of a portal makes one; if there is one already, ask its owner for a role.
problem-not-found-title = There is no such page
problem-not-found-text = Either there is none at this address, or it is about something that you may not see.
problem-foreign-origin-title = The request was not sent by this console
problem-foreign-origin-text = A page of another site, or another address of this console, sent it. Nothing was done.
problem-stale-form-title = The form is too old
problem-stale-form-text = It was opened before you signed in. Nothing was done. Open the page again and repeat it.
problem-malformed-title = Not understood
problem-malformed-text = What was sent is not what this page expects. Nothing was done.
problem-spent-link-title = This link is not good any more
problem-spent-link-text = It was used, or is older than ten minutes.
problem-provider-title = Signing in did not work
problem-provider-text = Your organisation’s sign-in did not confirm who you are, or took too long, or your account is not meant for this console.
problem-provider-away-title = Your organisation’s sign-in cannot be reached
problem-provider-away-text = Try again in a moment, or use a one-time link.
problem-too-many-tails-title = Too many live views
problem-too-many-tails-text = Close one of them first.
problem-forbidden-title = Your role is too low for this
problem-forbidden-text = Nothing was done. The service says which role is needed:
problem-conflict-title = This cannot be done now
problem-conflict-text = Nothing was done. The service says why:
problem-precondition-title = Somebody was faster
problem-precondition-text = It was changed since you opened the page. Nothing was done. Open the page again.
problem-invalid-title = This cannot be done
problem-invalid-text = Nothing was done. The service says why:
problem-unavailable-title = A service cannot be reached
problem-unavailable-text = Without it there is nothing to show on this page.
problem-broken-title = Something is broken
problem-broken-text = That is a defect of this console. Its log says more.

## Overview

overview-title = Integrations
overview-empty = There is no integration that you may see. An owner makes the first one with “scimctl integration create”.
of-portal = Portal { $portal }
scim-url = SCIM URL (Tenant URL in Azure)
credentials = Tokens
credentials-usable = { $count ->
    [0] none that lets anybody in
    [one] one that lets somebody in
   *[other] { $count } that let somebody in
}
first-ends = · the first ends
last-request = Last request of Azure
last-success = Last one carried out
never-any-request = none yet: is the connection set up in Azure?
none-yet = none yet
errors-of-day = Errors within a day
parked = Parked events
holds = Held deactivations
adoptions = Newcomers to decide on
lms = LMS
lms-nothing-yet = has heard nothing of it yet
to-log = Provisioning log

## Provisioning log

log-title = Provisioning log
log-caption = Requests of Azure, newest first
log-operation = What was asked
log-outcome = What came of it
log-kind = About
log-from = From (UTC)
log-to = To (UTC)
log-request-id = Request id
log-scim-id = SCIM id
log-person = Sign-in name of a person (userName)
log-of-person = Requests about { $person }.
log-all = Show all
log-empty = Nothing that fits. Has Azure asked for something yet? Widen the filters, or see whether the provisioning is started in Azure.
log-export = Save as CSV
log-export-role = Whoever has the role operator can save the log as CSV.
log-filters-wrong = That cannot be searched for:
log-mistake-from = “From” is not a date and time.
log-mistake-to = “To” is not a date and time.
log-mistake-request-id = The request id is not complete: it has 36 characters.
log-mistake-scim-id = The SCIM id is not complete: it has 36 characters.
tail-start = Follow live
tail-stop = Stop following

## One request

entry-title = One request, and what came of it
entry-asked = What Azure asked
entry-bulk = Part of the bulk request
entry-expected = Expected
entry-received = Received
entry-credential = Token
entry-address = From
entry-agent = Program
entry-duration = Took
milliseconds = { $milliseconds } ms
entry-changed = What changed
attribute = Attribute
before = Before
after = After
entry-effects = What that did in the LMS
entry-no-effects = Nothing: the request changed nothing that concerns the LMS, or it has not got there yet.
entry-event = Event
entry-whom = Whom

## What to do

advice-secret = Azure’s token is wrong, ended or revoked. Make a new one, or rotate, and paste it in Azure as “Secret Token”.
advice-token = Client id, secret or assertion was wrong. Compare what was expected with what came, and mend it in Azure.
advice-disabled = The integration is disabled or detached, or the token may not be used from there. Enable it, or look at the token’s networks.
advice-scope = The token may not do this. Make one with the scope that is missing.
advice-not-found = Azure asked for something that is not here. It makes it anew at its next cycle; if not, restart the provisioning in Azure.
advice-taken = Another person or group has this name already. Change one of the two in Azure.
advice-changed-meanwhile = It was changed by somebody else at the same moment. Azure repeats it.
advice-too-large = The request is too large. Fewer members at once, or a larger limit in the settings of the gateway.
advice-too-many = More requests than the limit allows. Azure repeats them by itself; if it goes on, raise the limit.
advice-not-entra = No request as Azure sends them. Is the Tenant URL right, and is it Azure that asks?
advice-value = A value cannot be used. Look at the attribute mapping in Azure: the reason names what is wrong.
advice-not-supported = This is not supported. Take it out of the mapping in Azure.
advice-paused = The integration is paused, or the database is away. Azure comes back by itself.
advice-failed = A fault on our side. Azure repeats it; if it goes on, tell whoever runs the gateway, with the request id.
advice-held = Many are to be deactivated at once. Somebody has to decide whether that is meant.
advice-waiting = This person may be somebody known. Somebody has to decide.
advice-parked = This cannot be applied yet, and is tried again. Mend the reason; nothing is lost.
advice-superseded = Something newer was applied already. Nothing is to be done.
