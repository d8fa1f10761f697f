## Layout

skip = Skip to content
nav-label = Pages
nav-overview = Overview
nav-log = Provisioning log
nav-setup = Set-up
nav-environments = Environments
nav-administrators = Administrators
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
service-outdated = { $service } is older than this console and does not know yet all that this page shows. What it knows is shown. Upgrade it.
not-told = not told
to-overview = To the overview
any = any
show = Show
search = Search
older = Older
details = Details
colon = :
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
warning-paused = Paused: Azure is asked to come back later.
warning-disabled = Disabled: whatever Azure sends is refused.
warning-detached = Detached, for ever.
warning-no-credential = No token lets Azure in: issue one.
warning-credential-expires = A token ends soon: rotate it.
token-ends = Rotate the token “{ $name }”: it ends on
token-ends-anew = Issue another token in place of “{ $name }”: it ends on
kind-user = person
kind-group = group
kind-integration = integration
kind-membership = membership
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
effect-why-created = Azure made the person.
effect-why-adopted = The person from Azure was known to the LMS already.
effect-why-updated = Azure owns these values, and changed them.
effect-why-deactivated = Azure disabled or removed the person.
effect-why-reactivated = Azure enabled the person again.
effect-why-joined = The group in Azure has this member.
effect-why-left = The group in Azure has this member no more.
effect-why-archived = The group was deleted in Azure.
effect-why-recheck = The rules were changed, or something it waited for came: it was decided anew.
effect-why-unchanged = The LMS had all of it already, or owns it.

## Sign-in

sign-in-title = Sign in
sign-in = Sign in
sign-in-at-provider = Sign in with your organisation’s account
sign-in-form-lost = You were signed out in the meantime. Nothing of what you sent was done: sign in, and enter it again.
sign-in-by-link = With a one-time link
ask-for-link = Whoever holds an administrator’s token gets a link that signs in once, by this command:
link-title = Sign in with this link
link-subject = You will be signed in as { $subject }.
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
problem-no-proof-time-title = It is not known when you signed in
problem-no-proof-time-text = Your organisation’s sign-in does not tell when you showed who you are: its ID token lacks the claim auth_time. In Entra, add it to the app registration of this console: Token configuration → Add optional claim → ID → auth_time. Until then, use a one-time link.
problem-provider-away-title = Your organisation’s sign-in cannot be reached
problem-provider-away-text = Try again in a moment, or use a one-time link.
problem-not-taken-title = You are signed in, and a service does not take it
problem-not-taken-text = { $service } does not take the sign-in of your organisation. Its settings “admin.oidc” have to name the same provider and application as those of the console and of the other service. Tell whoever runs them.
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
problem-outdated-title = A service is older than this console
problem-outdated-text = { $service } does not know yet what this page shows or does. Upgrade it to the version of the console.
problem-broken-title = Something is broken
problem-broken-text = That is a defect of this console. Its log says more.

## What a service refused, by what it names

refused-name = “{ credential-name }” has 1 to 100 characters, and no line break.
refused-expires-at = “{ issue-expires }” is in the future, and 730 days away at most.
refused-networks = “{ issue-networks }”: one a line, as in 192.0.2.0/24 or 2001:db8::/32, and 50 at most.
refused-tenant-id = “{ signed-tenant-id }” is no GUID: 32 hexadecimal digits in five groups.
refused-audience = “{ signed-audience }” has 1 to 256 characters.
refused-subject = “{ signed-subject }” has 1 to 256 characters.
refused-slug = “{ new-slug }” has 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit.
refused-portal = “{ new-portal }” has letters without accents, digits, hyphens, underscores and dots only.
refused-text = “{ people-text }” is too long: 200 characters at most.
refused-reason = The reason or comment is missing, or longer than 2000 bytes.
refused-ends-at = “{ last-day }” is in the future, and two years ahead at most.
refused-likeness = An e-mail address alone proves nobody: choose the login or the employee number.
refused-slug-taken = Another integration has this name: choose another under “{ new-slug }”.
refused-name-taken = Another token that can be used has this name: choose another under “{ credential-name }”.
refused-detached = The integration is detached, for ever: nothing of it can be changed.
refused-example-detached = The integration to take it from is detached, for ever.
refused-too-many = There are as many as there may be. Revoke or retire one first.
refused-issued-before = This form was sent before, and made its token then.
refused-has-successor = Another token took over from this one already. Revoke that one first to make another.
refused-in-use = It cannot be retired: it is in use, or no other one was used in its place. Look at the list of tokens.
refused-contended = Somebody else changes the integration right now. Try again.
refused-hold-decided = Somebody decided this the other way meanwhile.
refused-newcomer-decided = Somebody decided meanwhile who this newcomer is.
refused-not-proposed = This learner is not proposed for the newcomer any more.
refused-learner-erased = The learner was erased.
refused-foreign-learner = The learner belongs to another portal or integration.
refused-follows-living-user = The learner follows another account, which is active in Azure.
refused-learner-active = The learner is active.
refused-erasure-requested = Somebody asked for this erasure already.
refused-same-person = You asked for this erasure: another administrator has to confirm it.
refused-lacks-viewer = The role viewer is needed in this portal.
refused-lacks-operator = The role operator is needed in this portal.
refused-lacks-owner = The role owner is needed in this portal.

## Overview

overview-title = Integrations
overview-empty = There is no integration that you may see. An owner of a portal makes the first one here, or with “scimctl integration create”.
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
log-looked-back = This is what fits among the requests since
log-look-on = Older ones were not looked at yet.
log-look-further = Look further back
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
entry-holder = Who has it already
entry-asked-for = What was asked for
entry-names-not-logged = The log holds no names. To see whether it is about somebody, search the log for their sign-in name. Whoever has the role operator can have names stand here from then on, by “scimctl integration settings set { $slug } --logged-values userName,displayName,externalId”: every viewer of the log sees them then.
entry-changed = What changed
attribute = Attribute
before = Before
after = After
entry-effects = What that did in the LMS
entry-no-effects = Nothing: the request changed nothing that concerns the LMS, or it has not got there yet.
entry-nothing-done = Nothing was changed.
entry-event = Event
entry-whom = Whom

## What to do

advice-secret = Azure’s token is wrong, ended or revoked. Make a new one, or rotate, and paste it in Azure as “Secret Token”.
advice-token = Client id, secret or assertion was wrong. Compare what was expected with what came, and mend it in Azure.
advice-no-token = Azure sent no token. In Azure, under Provisioning → Admin Credentials, paste the “Secret Token”, and save.
advice-no-known-form = What Azure sent is no token of ours: those begin with ilx_. Perhaps the id was pasted, or the secret of something else. Paste the secret whole, or issue a new one.
advice-mistyped = It begins as a token of ours, and is not whole, or something was added. Paste the secret alone and whole, without “Bearer”, or issue a new one.
advice-another-issuer = Azure sent a token of its own, as it does when “Secret Token” is left blank, or the token of something else. Paste our secret, which begins with ilx_, or allow Entra’s own token on the set-up page.
advice-another-integration = Tenant URL and token are of two integrations: paste both from the same set-up page.
advice-another-network = The token is good, and may not be used from this address: it is in none of the token’s networks, which stand beside it on the set-up page. They cannot be changed: issue a token with the right ones, paste it in Azure, and revoke this one.
advice-without-tls = A proxy in front of this service says that the request came without TLS. In Azure, the Tenant URL must begin with https. If it does, TLS ends at another proxy before that one, which has to be told so: ask who operates this service.
advice-wrong-address = The address leads nowhere: the Tenant URL in Azure is mistyped. Copy it whole from the set-up page.
advice-unreadable = What was sent is not valid JSON, so that nothing of it could be read. Azure does not do that: look who asked (client and address), or what changes requests on their way.
advice-to-setup = To the set-up
advice-disabled = The integration is disabled or detached. Enable it on the set-up page.
advice-scope = The token may not do this. Make one with the scope that is missing.
advice-not-found = Azure asked for something that is not here. It makes it anew at its next cycle; if not, restart the provisioning in Azure.
advice-found-nobody = There is nobody of this name here yet. That is ordinary: Azure looks before it creates. Nothing is to be done.
advice-taken = Another person or group has this name already. Change one of the two in Azure.
advice-taken-external-id = Two users in Azure send the same externalId: correct the mapping of externalId (objectId).
advice-taken-external-id-group = Two groups in Azure send the same externalId: correct the mapping of externalId (objectId).
advice-taken-person = Another person has this name already. Change one of the two in Azure.
advice-taken-group = Another group has this name already. Change one of the two in Azure.
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

## Set-up

setup-title = Connect Azure
to-setup = Back to the set-up
confirm-by-typing = To confirm, type “{ $word }”
until-typed = The button works once that is typed.
not-confirmed = Nothing was done: what was typed is not “{ $word }”.
credential-name = Name
token-id = Token id
ends = Good until
never = no end
uses = Used
made-by = made by { $by },
from-address = from { $address }
last-used = last
times-used = { $count ->
    [0] never
    [one] once
   *[other] { $count } times
}
uses-delay = Uses are counted with a delay of some seconds.
state-title = State
state-means-enabled = Enabled: what Azure sends is carried out.
state-means-paused = Paused: Azure is asked to come back later, and does so by itself. Nothing is lost.
state-means-disabled = Disabled: whatever Azure sends is refused. After a while Azure puts the provisioning in quarantine.
state-means-detached = Detached, for ever: Azure is refused, and the people belong to the LMS.
state-is-detached = Nothing of it can be changed any more. Make another integration to connect Azure again.
state-enable = Enable
state-pause = Pause
state-disable = Disable
state-disable-means = Azure is refused from then on, and puts its provisioning in quarantine after a while. To stop for a time, pause instead.
state-role = Whoever has the role operator can enable, pause and disable it.
state-set-enabled = Enabled: what Azure sends is carried out again.
state-set-paused = Paused: Azure is asked to come back later.
state-set-disabled = Disabled: whatever Azure sends is refused.
addresses-title = Addresses
token-url = Token URL
token-url-means = Only for tokens without a secret, and for client id and secret.
credentials-caption = Tokens that are not revoked
credentials-empty = There is none: Azure cannot sign in yet. Issue a token, and paste it in Azure.
credentials-role = Whoever has the role owner can issue, rotate and revoke them.
credential-kind-secret = Token to paste in Azure
credential-kind-client = Client id and secret (OAuth)
credential-kind-federated = Federated, without a secret
credential-kind-entra = Entra’s own token
kind-means-secret = Azure shows it with every request, as its “Secret Token”. It is rotated before it ends.
kind-means-client = Azure exchanges an id and a secret for short-lived access tokens at the token URL.
kind-means-federated = Entra signs who it is, and gets short-lived access tokens for it at the token URL. There is no secret to keep or to rotate.
kind-means-entra = Azure sends a token of its own, when “Secret Token” is left blank. Any application of your tenant can get such a token: Microsoft recommends it for tests only.
credential-state-active = good
credential-state-expiring = ends soon
credential-state-expired = ended
credential-state-revoked = revoked
credential-scopes = May only
credential-networks = Only from
scope-users-read = read users
scope-users-write = write users
scope-groups-read = read groups
scope-groups-write = write groups
issue-secret = Issue a token
issue-others = Without a secret, or by client id and secret
retire-safe = Entra has used “{ $successor }” { $uses ->
    [one] once
   *[other] { $uses } times
}, and this one not once in the hour before that: safe to retire.
retire-waiting = Replaced by { $id }; not used by Azure yet. Paste the new secret in Azure.
retire-still-used = Azure used it within the hour, too: wait until Azure uses only the new one.
retire-no-successor = To replace it, rotate it. It can be retired once Azure uses the new one.
retire = Retire
retired = “{ $name }” is retired. Azure goes on with the new one.
rotate = Rotate
revoke = Revoke at once
revoked = “{ $name }” is revoked: it lets nobody in any more.
revoked-at = Revoked
was-revoked = This token was revoked already: it lets nobody in.
revoke-title = Revoke a token
revoke-means = Whoever shows it is refused at once, Azure too. That cannot be undone.
revoke-others = { $count ->
    [0] No other one lets Azure in: the provisioning stops until you issue a new one and paste it in Azure.
    [one] One other one still lets somebody in.
   *[other] { $count } others still let somebody in.
}
revoked-count = { $count ->
    [one] one revoked
   *[other] { $count } revoked
}

## Guide

guide-title = From nothing to the first person
guide-intro = In the Microsoft Entra admin center you need the role Cloud Application Administrator. The steps are ticked by what Azure was seen to do.
steps-done = { $done ->
    [one] One of { $all } steps is done.
   *[other] { $done } of { $all } steps are done.
}
steps-watched = This page looks by itself every five seconds, for ten minutes.
steps-not-watched = This page does not look by itself any more.
look-again = Look again
step-is-open = not seen yet
step-is-wrong = seen, and not right
step-is-done = done
step-token = Issue a token
step-token-how = It is shown once: have Azure open beside it.
step-token-there = There is the token “{ $name }”. It was shown once, when it was made.
step-tokens-there = There are { $count } tokens with a secret, listed below. Each was shown once, when it was made.
step-token-lost = If you have no secret at hand, issue a token that you can paste.
step-token-role = If nobody has a secret at hand, whoever has the role owner can issue a token to paste.
step-token-issue = Issue a token that you can paste
step-connection = Connect the application, and test the connection
step-connection-app = Enterprise applications → New application → Create your own application → “Integrate any other application you don’t find in the gallery”. Then Provisioning → Get started → mode Automatic, and paste:
azure-field-tenant-url = Tenant URL
azure-field-secret-token = Secret Token
step-connection-secret = the token that was shown when you issued it
step-connection-test = “Test Connection” must say that the credentials are authorized. Then save.
step-connection-denied = If it does not, this says what was expected and what came.
step-mapping = Map the object id
step-mapping-how = Mappings → Provision Microsoft Entra ID Users: change the source of externalId from mailNickname to objectId. By it somebody who returns is recognised. Save. Once people have arrived, this is ticked by what they have.
step-person = Assign a person, and start
step-person-how = Users and groups → assign who shall be in the LMS. Then Provisioning → Start provisioning, or “Provision on demand” for one person, which takes seconds.
step-group = Assign a group
step-group-how = An assigned group arrives with its members, and becomes a cohort as the rules say.
step-deactivation = See somebody leave
step-deactivation-how = Take the assignment away from a test person, or disable the account, and provision once more: the learner becomes inactive.
findings-title = What looks wrong in the mapping
findings-nobody = There is nobody to look at. Once people have arrived, it is said here what to change in Azure.
findings-none = { $sampled ->
    [one] The one person who has arrived was looked at: nothing looks wrong.
   *[other] The { $sampled } newest people were looked at: nothing looks wrong.
}
findings-some = { $sampled ->
    [one] One person was looked at.
   *[other] The { $sampled } newest people were looked at.
}
finding-users = { $users ->
    [one] One of them.
   *[other] { $users } of them.
}
finding-examples = For example
finding-no-external-id = There is no externalId.
finding-external-id-is-no-object-id = The externalId is no object id.
finding-user-name-is-no-address = The sign-in name is no address.
finding-user-name-is-of-a-guest = The sign-in name is one that Entra makes up for guests (#EXT#).
finding-no-work-mail = There is no work e-mail address.
finding-display-name-missing = There is no display name.
finding-name-missing = The given name or the family name is missing.
finding-fix-no-external-id = In Azure’s mapping, add externalId with the source objectId: without it, somebody who returns is not recognised.
finding-fix-external-id-is-no-object-id = In Azure’s mapping, change the source of externalId to objectId. What it is now, such as mailNickname, may change.
finding-fix-user-name-is-no-address = In Azure’s mapping, take userPrincipalName or mail as the source of userName, if people sign in to the LMS with an address.
finding-fix-user-name-is-of-a-guest = In Azure’s mapping, take mail as the source of userName for guests, or do not assign guests.
finding-fix-no-work-mail = In Azure’s mapping, give emails[type eq "work"].value the source mail, or userPrincipalName where mail is empty.
finding-fix-display-name-missing = In Azure’s mapping, give displayName the source displayName.
finding-fix-name-missing = In Azure’s mapping, give name.givenName and name.familyName the sources givenName and surname, and fill them in for these people.

## A new integration

new-title = Make an integration
new-intro = One portal in one environment. Production and staging are two integrations, with addresses, tokens and settings of their own. Begin with staging.
new-portal = Portal
new-portal-means = The code of the customer’s LMS, exactly as it is there: another code is another LMS.
new-environment = Environment
new-slug = Name in addresses
new-slug-means = 1 to 63 lower-case letters, digits and hyphens, such as acme-staging. None of the three can be changed later.
new-look = Look at what will be
new-state = To begin with
new-state-enabled = Enabled: Azure is let in once a token is issued
new-state-disabled = Disabled: Azure is refused until somebody enables it
new-confirm-title = Make this integration?
new-confirm-intro = Nothing is made yet. Portal, environment and name are for ever.
new-first-of-portal = No integration feeds the portal “{ $portal }” yet. Is the code right?
new-known-portals = Portals so far:
new-state-later = It can be enabled, paused and disabled on its set-up page at any time.
new-back = No, change it
new-make = Make it
new-made = { $slug } is made. Next: issue a token.
new-beside = This portal and environment have an integration already.
new-beside-means = Whoever is in both tenants of Azure has one login twice, and stays stuck in the second. Make another only for people who are not in:
new-present = { $slug } is there already, and was left as it is.
new-refused = It was not made:

## A new token

issue-title = Issue a token
issue-make = Issue
issue-refused = It was not issued:
issue-name-means = For those who see the list, such as “Entra production”.
issue-expires = Good until the end of (UTC)
issue-expires-means = 730 days at most. Azure has to get a new one before.
issue-expires-optional = Empty for no end.
issue-scopes = What it may do
issue-scopes-means = Azure’s provisioning needs all of it. A program that only looks needs no writing.
issue-networks = Networks that it may be used from
issue-networks-means = One a line, such as 192.0.2.0/24 or 2001:db8::/32. Empty for anywhere.
issue-mistake-name = The name is empty.
issue-mistake-expires = The end is no date.
issue-mistake-tenant-id = The tenant id is missing.
issue-mistake-audience = The audience is missing.
issue-mistake-subject = The subject is missing.
issue-mistake-scopes = Nothing is chosen that it may do.
network-no = “{ $typed }” is no network, such as 192.0.2.0/24 or 2001:db8::/32.
network-address = “{ $typed }” has no length: write { $one } for the one address.
network-wider = “{ $typed }” has more than a network: write { $network }, or { $one } for the one address.
networks-any = anywhere
signed-tenant-id = Tenant ID
signed-audience = Audience
signed-subject = Subject
signed-means-tenant-id = Microsoft Entra admin center → Overview → Tenant ID.
signed-means-audience = The “aud” of what Entra signs: for federation api://APPLICATION_ID; of its own token always the one proposed here.
signed-means-subject = The object id of the service principal of your enterprise application.
rotate-title = Rotate a token
rotate-intro = A successor of “{ $name }” is made on the same terms. Both are good until you retire the old one, so that nothing stops.
made-title = Paste this in Azure now
made-once = This is shown this once, and nobody can read it again.
made-before = The token was made when this form was sent first, and stands in the list of tokens. It was shown once then, and cannot be shown again. If you have not pasted it, issue another one, and revoke this.
made-paste-secret = Enterprise application → Provisioning → Admin Credentials: paste both, test the connection, save.
made-paste-client = Enterprise application → Provisioning → Admin Credentials, authentication method OAuth2 client credentials: paste these, test the connection, save.
made-paste-federated = Enterprise application → Provisioning: give Entra the token endpoint, and as client identifier this id. There is no secret.
made-paste-entra = Enterprise application → Provisioning → Admin Credentials: paste the address only, test the connection, save.
made-leave-blank = leave it blank
made-done = I have pasted it
rotated-next = Then wait until Azure has used it for an hour, and retire “{ $old }” on the page of the set-up: it says when that is safe.

## Environments

environments-title = Environments
to-environments = Back to the environments
place = Place
promotion-title = From one environment to the other
promotion-to = Make this one
promotion-from = like this one
promotion-intro = What { $to } would become, made like { $from }. People, groups, tokens and state are not copied.
promotion-alone = There is no other integration of this portal to compare with. Try settings and rules in staging first: make an integration for it.
compare = Compare
compare-caption = What would change in { $to }, made like { $from }
compare-now = { $slug } now
compare-then = as in { $slug }
compare-settings = Profile, settings and schemas
compare-settings-equal = They are the same in both.
compare-rules = Rules of the LMS side
compare-rules-equal = The rules are the same in both.
compare-unheard = The LMS has not heard of both yet: an integration has rules once Azure has sent something.
compare-away = They cannot be compared now.
promote = { $count ->
    [one] Change this one place in { $to }
   *[other] Change these { $count } places in { $to }
}
promote-role = Whoever has the role owner can promote this.
promote-changed = One of the two was changed meanwhile. Nothing was done; this is the difference now:
promote-refused = Nothing was promoted. The service says why:
promoted-settings = { $to } has the settings of { $from } now.
promoted-rules = { $to } has the rules of { $from } now. What is known is decided anew in the background.
detach-title = Detach from Azure
detach-role = Whoever has the role owner can detach it.
detach-means = Detaching ends this integration for ever. Nobody is deactivated by it: people and cohorts stay in the LMS as they are, and nobody follows Azure any more. To stop for a time, pause instead.
detach-done = This integration is detached, for ever.
detach-away = How many people that is about cannot be said now, so it is not offered. Try again later.
detach-nothing = The LMS has heard nothing of this integration: there is nobody whom it concerns.
detached-at = Detached
detach-settled = All of it is the LMS’s own.
detach-settling = People and cohorts are still being handed over.
detach-caption = What stays in the LMS
detach-active = Active learners
detach-active-means = stay active, and keep all values
detach-inactive = Inactive learners
detach-inactive-means = stay inactive
detach-cohorts = Cohorts
detach-cohorts-means = become the LMS’s own
detach-memberships = Memberships that Azure gave
detach-memberships-means = stay, as if put in by hand
detach-roles = Roles that a cohort gave
detach-roles-means = stay with those who have them
detach-held-means = are rejected: these people stay active
detach-adoptions-means = are forgotten
detach-parked-means = have no effect any more
detach = Detach for ever
detached = { $slug } is detached.

## Administrators

administrators-title = Administrators
you-title = Who you are, and what you may do
you-are = You are signed in as { $subject }.
you-no-role = You have no role: you may see nothing.
you-in-portal = in the portal { $portal }
you-everywhere = in all portals
role-viewer = Viewer
role-operator = Operator
role-owner = Owner
roles-caption = Each role may do what those above it may
role-may-viewer = Read everything but secrets and the record of acts.
role-may-operator = Enable, pause and disable; change settings; decide what waits; export.
role-may-owner = Make integrations and tokens, rotate and revoke them; put rules in force; promote; detach; read the record of acts.
give-title = How somebody gets a role
give-claim = Your OpenID provider says the roles of each person in a claim of the token. A role stands there alone for all portals, or behind the code of one portal:
give-settings = In Microsoft Entra these are app roles of the console’s application. Which claim is read, and what stands before a role there, is set by:
link-how-title = Without an OpenID provider
link-how = Whoever holds an administrator’s token asks for a link by this command. It signs in once, within ten minutes, and with the roles of that token. Send it to nobody else.
record-title = Record of acts
record-intro = Everything that administrators asked for and that could change something, also what was denied. No secret stands there.
record-role = Whoever has the role owner can read it.
record-no-integration = Acts are listed for an integration, and there is none that you may see.
record-empty = Nothing is on record here.
record-caption = Acts, newest first
who = Who
service-scim-gateway = At the directory side (scim-gateway)
service-user-sync = At the LMS side (user-sync)
act-result-done = done
act-result-denied = denied
act-result-refused = refused
act-result-failed = failed
act-result-unknown = not known how it ended
act-post = Make the integration
act-put-state = Set the state
act-put-profile = Set how requests are read
act-put-settings = Change the settings
act-put-schemas = Add to a schema
act-post-credentials = Issue a token
act-delete-credentials = Revoke a token
act-post-credentials-rotate = Rotate a token
act-post-credentials-retire = Retire a token
act-post-promotion = Promote the settings
act-post-detach = Detach
act-post-replays = Publish events once more
act-post-snapshots = Ask for a snapshot
act-post-learners-search = Search for learners
act-put-rules = Put rules in force
act-post-rules-preview = Try rules on a person
act-post-rules-preview-cohorts = Try rules on the groups
act-post-rules-promotion = Promote the rules
act-post-holds-approve = Let held deactivations happen
act-post-holds-reject = Keep held people active
act-post-adoptions-link-all = Link all newcomers with one likeness
act-post-adoptions-link = Link a newcomer to a learner
act-post-adoptions-create = Make a new learner of a newcomer
act-post-parked-retry = Try parked events again
act-delete-parked = Forget a parked event
act-post-stuck-retry = Decide a resource anew
act-put-learners-exemption = Exempt a learner
act-delete-learners-exemption = End an exemption
act-post-learners-erasure = Ask for an erasure
act-delete-learners-erasure = Take back an erasure
act-post-learners-erasure-confirm = Confirm an erasure
yes = yes
no = no
detail-before = before
detail-after = after
detail-changed = changed
detail-credential = token
detail-kind = kind
detail-expires-at = good until
detail-revoked = revoked
detail-retired = retired
detail-from = from
detail-from-version = its version
detail-version = version
detail-integration = integration
detail-portal = portal
detail-environment = environment
detail-is-new = made anew
detail-schema = schema
detail-is-changed = changed

## People and what becomes of them: words of the API

nav-attention = Needs attention
nav-people = People
nav-groups = Groups and cohorts
nav-attributes = Attributes
status-active = active
status-inactive = inactive
status-erased = erased
inactive-reason-source-disabled = disabled in Azure
inactive-reason-source-soft-deleted = in Azure’s recycle bin
inactive-reason-source-deleted = deleted in Azure
inactive-reason-out-of-scope = out of scope in Azure
inactive-reason-admin = by an administrator of the LMS
inactive-reason-directory-detached = the directory was detached
why-inactive-source-disabled = Azure has disabled the account (active is false).
why-inactive-source-soft-deleted = The account is in Azure’s recycle bin. Restored there, the learner is active again.
why-inactive-source-deleted = Azure has deleted the account. The training records are kept.
why-inactive-out-of-scope = The person is not in the scope of the provisioning any more: look at the assignments of the enterprise application in Azure.
why-inactive-admin = An administrator of the LMS decided it, and not Azure.
why-inactive-directory-detached = The directory was detached; the learner stayed as it was.
attr-login = Login
attr-email = E-mail address
attr-given-name = Given name
attr-family-name = Family name
attr-display-name = Display name
attr-job-title = Job title
attr-department = Department
attr-division = Division
attr-organization = Organisation
attr-cost-center = Cost centre
attr-employee-number = Employee number
attr-employee-type = Kind of employment
attr-hire-date = First day of work
attr-manager = Manager
attr-office = Office
attr-country = Country
attr-preferred-language = Language of the courses
attr-locale = Formats (locale)
attr-time-zone = Time zone
attr-phone = Telephone
attr-status = Status
mode-source = Azure decides, always.
mode-seed-once = Azure gives the value when the learner is created; afterwards it is the LMS’s.
mode-fill-if-empty = Azure gives the value while there is none.
mode-keep-until-source-changes = Azure decides, but a change made in the LMS stands until Azure says something else.
mode-lms = The LMS decides; what Azure says is never written.
mode-ignore = The value is left alone, and not even compared.
on-clear-clear = Without a value in Azure, the learner loses it.
on-clear-keep = Without a value in Azure, the learner keeps it.
on-clear-refuse = Without a value in Azure, the learner keeps it and it is reported.
author-source = Azure, which owns it
author-seed = Azure, when the learner was created
author-fill = Azure, because there was none
author-lms = somebody in the LMS
phase-current = exists in Azure
phase-deleted = was deleted in Azure
phase-superseded = replaced by a newer account
waiting-held = The deactivation is held: many were to be deactivated at once, and somebody has to decide. Until then the learner stays active.
waiting-adoption = Somebody known may be this person. Nothing is written until somebody decides.
waiting-exempt = The learner is exempt: what Azure says is remembered and not written.
trouble-too-long = The value is longer than 4,096 bytes.
trouble-not-an-address = The value does not look like an e-mail address.
trouble-not-a-date = The value does not begin with a date such as 2024-02-29.
trouble-not-a-language = The value is no language tag such as fr-CA.
trouble-not-a-time-zone = The value is no time zone such as Europe/Paris.
trouble-not-an-id = The value is not the SCIM id of a user.
conflict-reverted = An edit in the LMS was undone: Azure owns the value.
conflict-clear-refused = Azure emptied a value that must not be empty; the learner kept it.
mistake-no-reason = A reason is needed.
mistake-no-date = The last day is not a date.
mistake-not-typed = What was typed is not what had to be typed. Nothing was done.

## People: in several places

not-done = This was not done:
more = More
name = Name
status = Status
reason = Reason
where = Where
needs-operator = Whoever has the role operator can do this.
needs-owner = Whoever has the role owner can do this.
type-to-confirm = To confirm, type
azure-says = Azure says
azure-said = Azure said
lms-holds = The LMS has
lms-held = The LMS had
set-by = Set by
differs = differs
lms-not-heard = The LMS has heard nothing of this integration yet. Start the provisioning in Azure; people appear with the first event.

## People

people-title = People
people-text = Name, address, employee number or external id
search-forgotten = That search is not kept any more. Search again.
people-hint = How a name or an address begins; or a whole employee number or external id; or nothing, to list everybody of a status. The text stands in no address.
people-caption = Learners that this integration brought
people-none-found = Nobody is found. Is it how the name begins, with its accents? Who was never in the scope of Azure is not here.
people-none-of-status = Nobody has this status.
people-none = Nobody yet. Assign people to the enterprise application in Azure, and start the provisioning.
people-all = Show everybody
to-people = People

## One person

person-title = One person
person-parts = On this page
person-status = Status, and why
person-values = Values, and why
person-values-caption = What the LMS has, what Azure last said, and who decides
person-values-hint = By the rules in force, version { $version }.
person-no-cohorts = In none that a group of Azure became. The rules say which groups become cohorts.
person-more-cohorts = These are the first 50.
person-timeline = What happened
timeline-caption = Requests of Azure and what they did in the LMS, newest first
timeline-empty = Nothing that is still kept: the log and the effects forget after their time.
where-azure = Azure
where-lms = LMS
person-conflicts = Conflicts
conflicts-caption = What Azure and the LMS disagreed about, newest first
person-no-conflicts = None: nobody edited in the LMS what Azure owns.
edited = edited in the LMS since
azure-wrote = Azure wrote it
by-rules = rules { $version }
azure-says-nothing = nothing that is kept
azure-last-spoke = Azure last spoke of the person
phase = Account
learner-id = Learner id
external-id = External id (object id)
in-the-services-words = In the service’s words
to-hold = To the decision
to-newcomers = To the newcomers
recheck = Is to be decided anew since
person-exemption = Exemption
exemption-hint = Somebody exempt stays as they are until the end, whatever Azure says: for a long leave, for example.
exempt-until = Exempt until
decided-by = decided by { $subject }
not-exempt = Not exempt.
last-day = Last day (UTC)
exempt = Exempt
exemption-change = Change
exemption-end = End the exemption now
exemption-set = The exemption is in force.
exemption-ended = The exemption has ended. The learner takes over what Azure last said.
person-erasure = Erasure of personal data
erasure-hint = For a request to be forgotten (GDPR). Two administrators are needed. Remove the person from the provisioning in Azure first. Training records stay, without a name.
erasure-reason = Reason, without the person’s name
erasure-ask = Ask for erasure
erasure-asked = Asked for by
erasure-done = Confirmed by
erasure-waits = It waits for another administrator, with the role owner. Nothing is erased yet.
erasure-no-way-back = Everything personal of this one learner is emptied. There is no way back.
erasure-second-person = You asked for it: another administrator has to confirm.
erasure-confirm = Erase for good
erasure-withdraw = Withdraw the request
erasure-requested = The erasure waits for another administrator.
erasure-confirmed = The learner was erased.
erasure-withdrawn = The request was withdrawn.

## Needs attention: words of the API

mistake-no-comment = A comment is needed.
mistake-not-the-number = The number is not that of the people who wait now. Look at it once more: others may have joined.
hold-open = waits for a decision
hold-approved = approved: they are inactive
hold-rejected = rejected: they stayed active
candidate-local = known to the LMS alone
candidate-former = was in the directory before
obstacle-learner-erased = Cannot be chosen: was erased.
obstacle-foreign-learner = Cannot be chosen: belongs to another portal or integration.
obstacle-follows-living-user = Cannot be chosen: follows another account, which is active in Azure.
obstacle-learner-active = Cannot be chosen: is active.
park-refused = The LMS refuses it
park-no-seat = No free seat
park-missing-attribute = A value is missing
park-contested-external-id = Two accounts claim one person
park-unknown-cohort = The cohort does not exist
park-unfit-key = A name or id is too long or malformed
park-foreign-portal = Of another portal
park-malformed-member = A member’s id is malformed
park-malformed-snapshot = A part of a comparison is malformed
park-missing-state = The event says nothing of the person or group
park-undecodable = The message cannot be read
park-given-up = Given up
unpark-refused = Most often another learner holds the login. Change one of the two in Azure, or the learner in the LMS.
unpark-no-seat = Free a seat in the portal, or raise its limit. Then try again.
unpark-missing-attribute = Add the value in Azure, or change where it comes from in the mapping.
unpark-contested-external-id = Look in Azure which of the two accounts is the right one, and remove the other from the provisioning.
unpark-unknown-cohort = A rule links the group to a cohort that the portal does not have. Change the rule.
unpark-unfit-key = Shorten the login or external id in Azure.
unpark-foreign-portal = The integration belongs to another portal or environment. Tell whoever runs the services.
unpark-malformed-member = Tell whoever runs the services, with the id of the event.
unpark-malformed-snapshot = Start the comparison once more. If it comes back, it is a defect to report.
unpark-missing-state = Compare with Azure now: that brings the state by another way.
unpark-undecodable = The services may be of different releases. Tell whoever runs them.
unpark-given-up = It is not tried again by itself. Try it once; if it comes back, it is a defect to report.
drift-missing-user = People the LMS knew nothing of
drift-stale-user = People with a missed change
drift-extra-user = People whom Azure does not have
drift-edited-learner = Learners edited in the LMS
drift-edited-status = Status edited in the LMS
drift-missing-group = Groups the LMS knew nothing of
drift-stale-group = Groups with a missed change
drift-extra-group = Groups that Azure does not have
drift-edited-cohort = Cohorts edited in the LMS
drift-missing-membership = Memberships that were missing
drift-extra-membership = Memberships too many
drift-means-missing-user = Azure has somebody of whom the LMS knew nothing.
drift-means-stale-user = The LMS had missed a change.
drift-means-extra-user = The LMS followed somebody whom Azure does not have.
drift-means-edited-learner = Somebody else wrote what Azure owns. Who wants to keep such edits changes who decides the attribute.
drift-means-edited-status = Somebody changed the status in the LMS, and Azure owns it.
drift-means-missing-group = Azure has a group of which the LMS knew nothing.
drift-means-stale-group = The LMS had missed a change.
drift-means-extra-group = The LMS followed a group that Azure does not have.
drift-means-edited-cohort = Somebody else wrote what the group decides.
drift-means-missing-membership = The cohort lacked a member of the group.
drift-means-extra-membership = The cohort had a member whom the group does not have.
telling-users = Telling people.
telling-groups = Telling groups.
telling-members = Telling members.
telling-ended = All is told.

## Needs attention

attention-title = Needs attention
to-attention = Needs attention
attention-quiet = Nothing waits for you.
attention-caption = What waits, and what to do about it
attention-hold = { $count ->
    [0] Nobody waits in it any more.
    [one] { $count } person is to be deactivated, and stays active until somebody decides.
   *[other] { $count } people are to be deactivated, and stay active until somebody decides.
}
what = What
how-many = How many
whom = About
comment = Comment
tried = Tried
within-a-day = within a day
differences = { $count ->
    [0] no difference
    [one] { $count } difference
   *[other] { $count } differences
}
erasures-title = Requested erasures
erasures-hint = Each waits for another administrator, with the role owner, who confirms it on the page of the person.
erasures-none = None waits.
erasures-caption = Erasures that wait for a second person, newest first
erasures-reason = Reason
holds-title = Held deactivations
holds-hint = Too many were to be deactivated at once. Decide whether that is meant, or a mistake in the scope of Azure.
holds-none = None so far: never were so many deactivated at once.
holds-caption = Newest first
hold-title = A held deactivation
hold-decision = Decision
hold-began = Began
hold-departed = Deactivated before it
hold-active = Active then
hold-sample = Some of those who wait
hold-sample-caption = { $shown } of { $count } who wait
type-the-number = To confirm, type the number of people:
hold-approve-title = It is meant
hold-approve-text = { $count ->
    [one] { $count } person is deactivated: no login, sessions end, open enrolments rest. Training records stay.
   *[other] { $count } people are deactivated: no login, sessions end, open enrolments rest. Training records stay.
}
hold-approve = Deactivate them
hold-reject-title = It is a mistake
hold-reject-text = { $count ->
    [one] { $count } person stays active until Azure says something new about them. Mend the scope in Azure as well.
   *[other] { $count } people stay active until Azure says something new about them. Mend the scope in Azure as well.
}
hold-reject = Keep them active
hold-is-approved = { $count ->
    [one] { $count } person is being deactivated.
   *[other] { $count } people are being deactivated.
}
hold-is-rejected = { $count ->
    [one] { $count } person stays active.
   *[other] { $count } people stay active.
}
newcomers-title = Newcomers to decide on
newcomers-hint = A newcomer looks like somebody known. Say whether they are the same person; nothing is created before.
newcomers-none = Nobody waits.
newcomer-is = New in Azure:
candidates-caption = Whom it may be
candidates-none = Nobody any more: whoever was proposed has changed since.
candidates-count = { $count ->
    [one] { $count } known person is like this
   *[other] { $count } known people are like this
}
in-common = In common
training-records = Training records
newcomer-link = The same person
newcomer-create = Somebody new
newcomer-linked = They are one person now. The learner keeps the training records.
newcomer-created = The newcomer gets a learner of their own. If that cannot be, it is found under what is stuck.
link-all-title = Link many at once
link-all-text = Every newcomer with exactly one candidate, proposed for nobody else, who has this in common is linked. Others stay for you. An e-mail address alone is never enough.
link-all = Link all
newcomers-linked = { $count ->
    [0] Nobody was linked: none has exactly one such candidate.
    [one] { $count } newcomer was linked.
   *[other] { $count } newcomers were linked.
}
parked-title = Parked events
parked-hint = What cannot be applied is kept and tried again by itself. Mend the cause, then try again.
parked-none = None: everything could be applied.
parked-caption = Events that cannot be applied
parked-retry-all = Try all again
parked-retry-these = Try all of this reason again
parked-all-due = { $count ->
    [0] No event is left to try.
    [one] { $count } event is tried again within half a minute.
   *[other] { $count } events are tried again within half a minute.
}
parked-due = It is tried again within half a minute.
parked-discard = Discard
parked-discard-text = This one event is forgotten for good, and what it says is done without. The next event or comparison makes up for it.
parked-discarded = The event was discarded.
tried-times = { $count ->
    [one] once
   *[other] { $count } times
}
tried-since = since
tried-next = again
tried-never = not again by itself
stuck-title = Stuck people and groups
stuck-hint = They were to be decided anew after a change of rules or a decision of yours, and could not be.
stuck-none = None.
stuck-caption = What could not be decided anew
stuck-due = It is decided anew now.
managers-title = Missing managers
managers-hint = Named as manager, and no learner: usually not in the scope of Azure. Assign them, or leave it so.
managers-none = None: every manager is a learner.
managers-caption = Users who are named as manager and are no learner
managers-reports = People who name them
lms-findings-title = Findings in the LMS
findings-hint = What only a person can put right, such as a portal without an administrator.
lms-findings-none = None.
findings-caption = Newest first
finding-open = holds
finding-resolved = holds no more since
conflicts-title = Conflicts
conflicts-hint = Where somebody edits in the LMS what Azure owns. Who wants to keep the edits changes who decides.
conflicts-none = None.
comparisons-title = Comparisons with Azure
comparisons-hint = Once a day everything that was provisioned is compared with the LMS, and what differs is repaired.
comparisons-none = None yet. Compare now, or wait for the one of the day.
comparisons-caption = Newest first
comparison-start = Compare now
comparison-begun = The comparison has begun.
comparison-runs = A comparison runs. Asked for by { $subject },
comparison-told = So far { $users } people, { $groups } groups, { $members } memberships.
comparison-found = Differences
comparison-nothing = none
comparison-finished = finished
comparison-parts = { $seen } of { $total } parts
comparison-some-parts = { $seen } parts so far
comparison-title = What differed
comparison-kinds = Kinds of differences
comparison-repaired = What was found is repaired already, unless a hold, an exemption or a decision stands before it.

## Overview: how it goes on in the LMS

events-waiting = Events on their way to the LMS
last-applied = Last event applied in the LMS
learners-active = { $count ->
    [one] { $count } active learner
   *[other] { $count } active learners
}
learners-inactive = { $count ->
   *[other] inactive
}

## Groups, attributes and rules: words of the API

mistake-rules-changed = Somebody else changed the rules since you opened this page. Nothing was saved. What you typed is still here.
mistake-no-person = Choose a person first.
cohort-status-active = in use
cohort-status-archived = archived: the group was deleted
leave-keep = enrolments stay
leave-suspend = enrolments rest
leave-withdraw = enrolments end
leave-means-keep = Whoever leaves keeps open enrolments.
leave-means-suspend = The enrolments of whoever leaves rest until they return.
leave-means-withdraw = The enrolments of whoever leaves end.
lms-role-instructor = instructor
lms-role-manager = manager
lms-role-admin = administrator
grants-instructor = Members become instructors.
grants-manager = Members become managers.
grants-admin = Members become administrators of the portal.
when-kind-any = all groups
when-kind-exact = name is
when-kind-prefix = name begins with
when-kind-contains = name contains
when-kind-regex = name matches (expression)
when-kind-external-id = external id is
when-kind-group-id = SCIM id is
then-kind-create = become a cohort
then-kind-link = feed a cohort of the LMS
then-kind-ignore = become nothing
action-create = a cohort of its own
action-link = part of a cohort of the LMS
action-ignore = nothing
becomes-stays = stays
becomes-directory = becomes what Azure says
becomes-emptied = is emptied

## Groups and cohorts

groups-title = Groups and cohorts
groups-edit-title = Which group becomes which cohort
cohorts = Cohorts
cohorts-caption = Cohorts that groups of Azure became
cohorts-none = None yet. Assign groups to the enterprise application in Azure, and see below what the rules make of them.
members = Members
source-group = Group
group = Group
on-leave = When somebody leaves
grants-role = Role of members
no-role = none
cohort-rules = Rules
cohort-rules-hint = The first that fits a group decides; a group that none fits becomes nothing.
cohort-rules-none = No rule: no group becomes a cohort.
cohort-rules-unknown = The rules have something that this console cannot show. Change them with “scimctl rules”.
when-any = All groups
when-exact = Groups with the name “{ $text }”
when-prefix = Groups whose name begins with “{ $text }”
when-contains = Groups whose name contains “{ $text }”
when-regex = Groups whose name matches “{ $text }”
when-external-id = The group with the external id { $text }
when-group-id = The group with the SCIM id { $text }
then-create-default = become cohorts named “aad-” and their name.
then-create = become cohorts named “{ $target }”.
then-link = feed the cohort { $target } of the LMS.
then-ignore = become nothing.
groups-edit-hint = Rules are tried in their order. Try them before you save: nothing is touched by that.
rule-new = Another rule
rule-number = Rule { $number }
rule-position = Place
rule-when = Groups whose
rule-text = Text or id
rule-then = They
rule-target = Name or cohort id
rule-remove = Take out
rule-add = One more rule
rule-target-hint = Name of a new cohort: a template such as “Class { "{" }displayName{ "}" }”; empty means “aad-” and the name of the group. A role can only be given to a group named by an id.
rules-try-groups = Try on the groups
preview-groups = { $groups } groups looked at, { $changed } would change.
preview-more = There are more groups.
preview-created = Get a cohort of their own
preview-linked = Feed a cohort of the LMS
preview-ignored = Mean nothing any more
preview-amended = Keep their cohort, under another name or with other rights
preview-caption = { $shown } of { $count } groups that would change
preview-now = Now
preview-after = Afterwards
preview-rule = By the rule

## Attributes and versions of the rules

attributes-title = Attributes
attributes-edit-title = Who decides which attribute
attributes-caption = Where values come from, and who decides them
from-scim = From (SCIM)
from-nothing = nowhere
else-from = else
then-step = then
who-decides = Who decides
when-cleared = Without a value in Azure
attributes-mapping-hint = Where values come from is changed with “scimctl rules”.
rules-in-force = Version { $version } is in force.
saved-by = Saved by { $subject }
rules-defaults = These are the defaults, which nobody changed.
rules-change = Change the rules
rules-try = Try other rules
rules-need-owner = You can try rules; whoever has the role owner can save them.
rules-try-person = Try on a person
choose-person = Person
rules-preview-person = Show what would become of the person
rules-preview = What would become of it
preview-person-caption = Nothing of this is written
rules-save = Save and put in force
rules-save-hint = Everybody concerned is decided anew within seconds to minutes, without anything being sent from Azure again.
rules-saved = Version { $version } of the rules is in force.
rules-theirs = In force, version { $version }:
rules-yours-kept = Your own rules stand in the form below. Saving once more puts them in the place of those in force.
versions-title = Versions of the rules
versions-hint = One version holds everything: attributes, groups, the guard and the adoption.
versions-none = None: the defaults are in force.
versions-caption = Newest first
version = Version
version-defaults = The defaults (version 0)
version-title = A version of the rules
version-compared = Version { $version }, compared with version { $seen } in force.
version-same = It says what the rules in force say.
version-differences = What differs
version-in-force = In force
version-this = In this version
version-restore = Put this version in force
