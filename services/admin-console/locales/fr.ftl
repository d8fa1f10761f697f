## Layout

skip = Aller au contenu
nav-label = Pages
nav-overview = Vue d’ensemble
nav-log = Journal de provisionnement
signed-in-as = Connecté en tant que { $subject }
sign-out = Se déconnecter
language-label = Langue
language-chosen = Les pages sont désormais en français.
number = { $number }
at-least = { $count } ou plus
retry = Réessayer
copy = Copier
copied = Copié
service-away = { $service } est injoignable pour le moment. Ses informations ne sont pas affichées.
to-overview = Vers la vue d’ensemble
any = tous
show = Afficher
search = Rechercher
older = Plus anciens
details = Détails
when = Quand
why = Pourquoi
what-to-do = Que faire
why-and-what-to-do = Pourquoi, et que faire
integration = Intégration
learner = Apprenant
cohort = Cohorte

## Words of the API

environment-production = Production
environment-staging = Préproduction
state-enabled = activée
state-paused = en pause
state-disabled = désactivée
state-detached = détachée
warning-paused = En pause.
warning-disabled = Désactivée.
warning-detached = Détachée.
warning-no-credential = Aucun jeton.
warning-credential-expires = Un jeton expire bientôt.
kind-user = personne
kind-group = groupe
kind-integration = intégration
operation-create = créer
operation-replace = remplacer
operation-patch = modifier
operation-delete = supprimer
operation-bulk = plusieurs à la fois
operation-read = lire
operation-search = rechercher
operation-discovery = demander ce qui est pris en charge
operation-token = demander un jeton d’accès
operation-sign-in = se connecter
outcome-created = créé
outcome-changed = modifié
outcome-unchanged = rien à modifier
outcome-deleted = supprimé
outcome-read = lu
outcome-found = trouvé
outcome-not-found = introuvable
outcome-answered = répondu
outcome-refused = refusé
outcome-denied = accès refusé
outcome-failed = échoué
outcome-health-check = contrôle de santé
effect-created = apprenant créé
effect-adopted = repris
effect-updated = mis à jour
effect-deactivated = désactivé
effect-reactivated = réactivé
effect-archived = archivé
effect-joined = ajouté
effect-left = retiré
effect-unchanged = rien à modifier
effect-superseded = dépassé
effect-held = retenu
effect-waiting = en attente
effect-parked = mis de côté

## Sign-in

sign-in-title = Connexion
sign-in = Se connecter
sign-in-at-provider = Se connecter avec le compte de votre organisation
sign-in-by-link = Par lien à usage unique
ask-for-link = Qui détient un jeton d’administrateur obtient par cette commande un lien qui connecte une seule fois :
link-title = Se connecter avec ce lien
link-text = Le lien sert une seule fois, dans les dix minutes qui suivent sa création.
prove-at-provider = Se connecter de nouveau

## Problems

problem-not-signed-in-title = Vous n’êtes pas connecté
problem-not-signed-in-text = Votre connexion a pris fin.
problem-not-fresh-title = Confirmez votre identité
problem-not-fresh-text = Cette action donne accès à quelqu’un. Elle exige une connexion de moins de dix minutes. Vous reviendrez ensuite où vous étiez.
problem-no-integration-title = Pas encore d’intégration
problem-no-integration-text = Aucune intégration ne vous est visible. Le propriétaire d’un portail en crée une ; s’il en existe déjà une, demandez-lui un rôle.
problem-not-found-title = Cette page n’existe pas
problem-not-found-text = Soit il n’y a rien à cette adresse, soit la page concerne quelque chose que vous ne pouvez pas voir.
problem-foreign-origin-title = La demande ne vient pas de cette console
problem-foreign-origin-text = Une page d’un autre site, ou une autre adresse de cette console, l’a envoyée. Rien n’a été fait.
problem-stale-form-title = Le formulaire est trop ancien
problem-stale-form-text = Il a été ouvert avant votre connexion. Rien n’a été fait. Rouvrez la page et recommencez.
problem-malformed-title = Demande incomprise
problem-malformed-text = Ce qui a été envoyé n’est pas ce que la page attend. Rien n’a été fait.
problem-spent-link-title = Ce lien n’est plus valable
problem-spent-link-text = Il a déjà servi, ou date de plus de dix minutes.
problem-provider-title = La connexion a échoué
problem-provider-text = La connexion de votre organisation n’a pas confirmé votre identité, a pris trop de temps, ou votre compte n’est pas destiné à cette console.
problem-provider-away-title = La connexion de votre organisation est injoignable
problem-provider-away-text = Réessayez dans un instant, ou utilisez un lien à usage unique.
problem-too-many-tails-title = Trop de suivis en direct
problem-too-many-tails-text = Fermez d’abord l’un d’eux.
problem-forbidden-title = Votre rôle ne suffit pas
problem-forbidden-text = Rien n’a été fait. Le service indique le rôle nécessaire :
problem-conflict-title = Impossible pour le moment
problem-conflict-text = Rien n’a été fait. Le service indique pourquoi :
problem-precondition-title = Quelqu’un a été plus rapide
problem-precondition-text = Une modification a eu lieu depuis l’ouverture de la page. Rien n’a été fait. Rouvrez la page.
problem-invalid-title = Impossible
problem-invalid-text = Rien n’a été fait. Le service indique pourquoi :
problem-unavailable-title = Un service est injoignable
problem-unavailable-text = Sans lui, cette page n’a rien à montrer.
problem-broken-title = Une erreur s’est produite
problem-broken-text = C’est un défaut de cette console. Son journal en dit plus.

## Overview

overview-title = Intégrations
overview-empty = Aucune intégration ne vous est visible. Un propriétaire crée la première avec « scimctl integration create ».
of-portal = Portail { $portal }
scim-url = URL SCIM (URL de locataire dans Azure)
credentials = Jetons
credentials-usable = { $count ->
    [0] aucun ne donne accès
    [one] { $count } donne accès
   *[other] { $count } donnent accès
}
first-ends = · le premier expire
last-request = Dernière demande d’Azure
last-success = Dernière demande exécutée
never-any-request = aucune : la connexion est-elle configurée dans Azure ?
none-yet = aucune
errors-of-day = Erreurs en un jour
parked = Événements mis de côté
holds = Désactivations retenues
adoptions = Nouveaux venus à décider
lms = LMS
lms-nothing-yet = n’en a encore rien reçu
to-log = Journal de provisionnement

## Provisioning log

log-title = Journal de provisionnement
log-caption = Demandes d’Azure, les plus récentes d’abord
log-operation = Demande
log-outcome = Résultat
log-kind = Objet
log-from = Du (UTC)
log-to = Au (UTC)
log-request-id = Identifiant de la demande
log-scim-id = Identifiant SCIM
log-person = Nom de connexion d’une personne (userName)
log-of-person = Demandes concernant { $person }.
log-all = Tout afficher
log-empty = Rien ne correspond. Azure a-t-il déjà envoyé une demande ? Élargissez les filtres, ou vérifiez que le provisionnement est démarré dans Azure.
log-export = Enregistrer en CSV
log-export-role = Le rôle operator permet d’enregistrer le journal en CSV.
log-filters-wrong = Recherche impossible :
log-mistake-from = « Du » n’est pas une date avec une heure.
log-mistake-to = « Au » n’est pas une date avec une heure.
log-mistake-request-id = L’identifiant de la demande est incomplet : il compte 36 caractères.
log-mistake-scim-id = L’identifiant SCIM est incomplet : il compte 36 caractères.
tail-start = Suivre en direct
tail-stop = Arrêter le suivi

## One request

entry-title = Une demande et ses suites
entry-asked = Ce qu’Azure a demandé
entry-bulk = Partie de la demande groupée
entry-expected = Attendu
entry-received = Reçu
entry-credential = Jeton
entry-address = Depuis
entry-agent = Programme
entry-duration = Durée
milliseconds = { $milliseconds } ms
entry-changed = Modifications
attribute = Attribut
before = Avant
after = Après
entry-effects = Ses effets dans le LMS
entry-no-effects = Aucun : la demande n’a rien changé qui concerne le LMS, ou n’y est pas encore arrivée.
entry-event = Événement
entry-whom = Qui

## What to do

advice-secret = Le jeton d’Azure est faux, expiré ou révoqué. Créez-en un, ou faites une rotation, et collez-le dans Azure comme « Jeton secret ».
advice-token = L’identifiant du client, le secret ou l’assertion était faux. Comparez l’attendu et le reçu, et corrigez dans Azure.
advice-disabled = L’intégration est désactivée ou détachée, ou le jeton ne peut pas servir depuis cet endroit. Activez-la, ou vérifiez les réseaux du jeton.
advice-scope = Le jeton n’autorise pas cette action. Créez-en un avec la portée manquante.
advice-not-found = Azure a demandé quelque chose qui n’est pas ici. Il le recrée à son prochain cycle ; sinon, redémarrez le provisionnement dans Azure.
advice-taken = Une autre personne ou un autre groupe porte déjà ce nom. Changez l’un des deux dans Azure.
advice-changed-meanwhile = Quelqu’un d’autre l’a modifié au même moment. Azure recommence.
advice-too-large = La demande est trop volumineuse. Moins de membres à la fois, ou une limite plus haute dans les réglages de la passerelle.
advice-too-many = Plus de demandes que la limite n’en permet. Azure les répète de lui-même ; si cela dure, relevez la limite.
advice-not-entra = Ce n’est pas une demande comme Azure en envoie. L’URL de locataire est-elle juste, et est-ce bien Azure ?
advice-value = Une valeur est inutilisable. Vérifiez le mappage d’attributs dans Azure : la raison nomme ce qui ne va pas.
advice-not-supported = Ceci n’est pas pris en charge. Retirez-le du mappage dans Azure.
advice-paused = L’intégration est en pause, ou la base de données est absente. Azure revient de lui-même.
advice-failed = Une panne de notre côté. Azure recommence ; si cela dure, prévenez qui exploite la passerelle, avec l’identifiant de la demande.
advice-held = Beaucoup de personnes seraient désactivées à la fois. Quelqu’un doit décider si c’est voulu.
advice-waiting = Cette personne est peut-être déjà connue. Quelqu’un doit décider.
advice-parked = Ceci ne peut pas encore être appliqué et sera retenté. Corrigez la cause ; rien n’est perdu.
advice-superseded = Quelque chose de plus récent a déjà été appliqué. Rien à faire.
