## Layout

skip = Aller au contenu
nav-label = Pages
nav-overview = Vue d’ensemble
nav-log = Journal d’approvisionnement
nav-setup = Configuration
nav-environments = Environnements
nav-administrators = Administrateurs
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
service-outdated = { $service } est plus ancien que cette console et ne connaît pas encore tout ce que montre cette page. Ce qu’il connaît est affiché. Mettez-le à niveau.
not-told = non communiqué
to-overview = Vers la vue d’ensemble
any = tous
show = Afficher
search = Rechercher
older = Plus anciens
details = Détails
colon = { "\u00A0" }:
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
warning-paused = En pause : Azure est prié de revenir plus tard.
warning-disabled = Désactivée : tout ce qu’Azure envoie est refusé.
warning-detached = Détachée, pour toujours.
warning-no-credential = Aucun jeton ne laisse entrer Azure : créez-en un.
warning-credential-expires = Un jeton expire bientôt : renouvelez-le.
token-ends = Renouvelez le jeton « { $name } » : il expire le
token-ends-anew = Créez un autre jeton à la place de « { $name } » : il expire le
kind-user = personne
kind-group = groupe
kind-integration = intégration
kind-membership = appartenance
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
effect-why-created = Azure a créé la personne.
effect-why-adopted = Le LMS connaissait déjà cette personne d’Azure.
effect-why-updated = Ces valeurs appartiennent à Azure, qui les a changées.
effect-why-deactivated = Azure a désactivé ou retiré la personne.
effect-why-reactivated = Azure a réactivé la personne.
effect-why-joined = Le groupe dans Azure compte ce membre.
effect-why-left = Le groupe dans Azure ne compte plus ce membre.
effect-why-archived = Le groupe a été supprimé dans Azure.
effect-why-recheck = Les règles ont changé, ou quelque chose d’attendu est arrivé : la décision a été reprise.
effect-why-unchanged = Le LMS avait déjà tout cela, ou en est propriétaire.

## Sign-in

sign-in-title = Connexion
sign-in = Se connecter
sign-in-at-provider = Se connecter avec le compte de votre organisation
sign-in-form-lost = Votre session a pris fin entre-temps. Rien de ce que vous avez envoyé n’a été fait : connectez-vous et saisissez-le de nouveau.
sign-in-by-link = Par lien à usage unique
ask-for-link = Qui détient un jeton d’administrateur obtient par cette commande un lien qui connecte une seule fois :
link-title = Se connecter avec ce lien
link-subject = Vous serez connecté comme { $subject }.
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
problem-no-proof-time-title = L’heure de votre connexion est inconnue
problem-no-proof-time-text = La connexion de votre organisation n’indique pas quand vous avez prouvé votre identité : son jeton d’ID n’a pas la revendication auth_time. Dans Entra, ajoutez-la à l’inscription d’application de cette console : Configuration du jeton → Ajouter une revendication facultative → ID → auth_time. En attendant, utilisez un lien à usage unique.
problem-provider-away-title = La connexion de votre organisation est injoignable
problem-provider-away-text = Réessayez dans un instant, ou utilisez un lien à usage unique.
problem-not-taken-title = Vous êtes connecté, mais un service refuse cette connexion
problem-not-taken-text = { $service } refuse la connexion de votre organisation. Ses réglages « admin.oidc » doivent nommer le même fournisseur et la même application que ceux de la console et de l’autre service. Signalez-le à qui les exploite.
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
problem-outdated-title = Un service est plus ancien que cette console
problem-outdated-text = { $service } ne connaît pas encore ce que cette page montre ou fait. Mettez-le à niveau, à la version de la console.
problem-broken-title = Une erreur s’est produite
problem-broken-text = C’est un défaut de cette console. Son journal en dit plus.

## Ce qu’un service a refusé, selon ce qu’il nomme

refused-name = « { credential-name } » compte de 1 à 100 caractères, sans saut de ligne.
refused-expires-at = « { issue-expires } » est dans le futur, à 730 jours au plus.
refused-networks = « { issue-networks } » : un par ligne, comme 192.0.2.0/24 ou 2001:db8::/32, et 50 au plus.
refused-tenant-id = « { signed-tenant-id } » n’est pas un GUID : 32 chiffres hexadécimaux en cinq groupes.
refused-audience = « { signed-audience } » compte de 1 à 256 caractères.
refused-subject = « { signed-subject } » compte de 1 à 256 caractères.
refused-slug = « { new-slug } » compte de 1 à 63 lettres minuscules, chiffres et traits d’union, et commence et finit par une lettre ou un chiffre.
refused-portal = « { new-portal } » ne contient que des lettres sans accent, des chiffres, des traits d’union, des tirets bas et des points.
refused-text = « { people-text } » est trop long : 200 caractères au plus.
refused-reason = Le motif ou le commentaire manque, ou dépasse 2000 octets.
refused-ends-at = « { last-day } » est dans le futur, à deux ans au plus.
refused-likeness = Une adresse électronique seule ne prouve rien : choisissez le nom de connexion ou le matricule.
refused-slug-taken = Une autre intégration porte ce nom : choisissez-en un autre sous « { new-slug } ».
refused-name-taken = Un autre jeton utilisable porte ce nom : choisissez-en un autre sous « { credential-name } ».
refused-detached = L’intégration est détachée, pour toujours : rien ne peut plus y être changé.
refused-example-detached = L’intégration qui sert de modèle est détachée, pour toujours.
refused-too-many = Le nombre maximal est atteint. Révoquez ou retirez-en un d’abord.
refused-issued-before = Ce formulaire a déjà été envoyé, et a créé son jeton à ce moment-là.
refused-has-successor = Un autre jeton a déjà pris le relais de celui-ci. Révoquez-le d’abord pour en créer un autre.
refused-in-use = Il ne peut pas être retiré : il est utilisé, ou aucun autre ne l’a été à sa place. Consultez la liste des jetons.
refused-contended = Quelqu’un d’autre modifie l’intégration en ce moment. Réessayez.
refused-hold-decided = Quelqu’un en a décidé autrement entre-temps.
refused-newcomer-decided = Quelqu’un a décidé entre-temps qui est ce nouveau venu.
refused-not-proposed = Cet apprenant n’est plus proposé pour le nouveau venu.
refused-learner-erased = L’apprenant a été effacé.
refused-foreign-learner = L’apprenant appartient à un autre portail ou à une autre intégration.
refused-follows-living-user = L’apprenant suit un autre compte, actif dans Azure.
refused-learner-active = L’apprenant est actif.
refused-erasure-requested = Quelqu’un a déjà demandé cet effacement.
refused-same-person = Vous avez demandé cet effacement : un autre administrateur doit le confirmer.
refused-lacks-viewer = Le rôle viewer est nécessaire dans ce portail.
refused-lacks-operator = Le rôle operator est nécessaire dans ce portail.
refused-lacks-owner = Le rôle owner est nécessaire dans ce portail.

## Overview

overview-title = Intégrations
overview-empty = Aucune intégration ne vous est visible. Un propriétaire du portail crée la première ici, ou avec « scimctl integration create ».
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
to-log = Journal d’approvisionnement

## Provisioning log

log-title = Journal d’approvisionnement
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
log-empty = Rien ne correspond. Azure a-t-il déjà envoyé une demande ? Élargissez les filtres, ou vérifiez que l’approvisionnement est démarré dans Azure.
log-looked-back = Voici ce qui correspond parmi les demandes reçues depuis le
log-look-on = Les plus anciennes n’ont pas encore été parcourues.
log-look-further = Chercher plus loin
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
entry-holder = Qui l’a déjà
entry-asked-for = Ce qui était demandé
entry-names-not-logged = Le journal ne contient pas de noms. Pour savoir s’il s’agit de quelqu’un, cherchez son identifiant de connexion dans le journal. Le rôle operator permet d’y faire figurer les noms à l’avenir, par « scimctl integration settings set { $slug } --logged-values userName,displayName,externalId » : quiconque peut lire le journal les verra alors.
entry-changed = Modifications
attribute = Attribut
before = Avant
after = Après
entry-effects = Ses effets dans le LMS
entry-no-effects = Aucun : la demande n’a rien changé qui concerne le LMS, ou n’y est pas encore arrivée.
entry-nothing-done = Rien n’a été modifié.
entry-event = Événement
entry-whom = Qui

## What to do

advice-secret = Le jeton d’Azure est faux, expiré ou révoqué. Créez-en un, ou renouvelez-le, et collez le nouveau dans Azure comme « Jeton secret ».
advice-token = L’identifiant du client, le secret ou l’assertion était faux. Comparez l’attendu et le reçu, et corrigez dans Azure.
advice-no-token = Azure n’a envoyé aucun jeton. Dans Azure, sous Approvisionnement → Informations d’identification de l’administrateur, collez le « Jeton secret » et enregistrez.
advice-no-known-form = Ce qu’Azure a envoyé n’est pas un jeton d’ici : les nôtres commencent par ilx_. Peut-être l’identifiant a-t-il été collé, ou le secret d’autre chose. Collez le secret entier, ou créez-en un autre.
advice-mistyped = Cela commence comme un jeton d’ici, mais il est incomplet, ou quelque chose a été ajouté. Collez le secret seul et entier, sans « Bearer », ou créez-en un autre.
advice-another-issuer = Azure a envoyé un jeton à lui, comme il le fait quand « Jeton secret » est vide, ou le jeton d’autre chose. Collez notre secret, qui commence par ilx_, ou autorisez le jeton propre à Entra sur la page Configuration.
advice-another-integration = L’URL de locataire et le jeton sont de deux intégrations : collez les deux depuis la même page Configuration.
advice-another-network = Le jeton est bon, mais ne peut pas servir depuis cette adresse : elle n’est dans aucun des réseaux du jeton, affichés à côté de lui sur la page Configuration. Ils ne se changent pas : créez un jeton avec les bons réseaux, collez-le dans Azure et révoquez celui-ci.
advice-without-tls = Un proxy devant ce service dit que la demande est venue sans TLS. Dans Azure, l’URL de locataire doit commencer par https. Si c’est le cas, TLS se termine à un autre proxy avant celui-là, auquel il faut le dire : demandez à qui exploite ce service.
advice-wrong-address = L’adresse ne mène nulle part : l’URL de locataire est mal saisie dans Azure. Copiez-la entière depuis la page Configuration.
advice-unreadable = Ce qui a été envoyé n’est pas du JSON valide ; rien n’a pu en être lu. Azure ne fait pas cela : voyez qui a demandé (client et adresse), ou ce qui modifie les demandes en chemin.
advice-to-setup = Vers la configuration
advice-disabled = L’intégration est désactivée ou détachée. Activez-la sur la page Configuration.
advice-scope = Le jeton n’autorise pas cette action. Créez-en un avec la portée manquante.
advice-not-found = Azure a demandé quelque chose qui n’est pas ici. Il le recrée à son prochain cycle ; sinon, redémarrez l’approvisionnement dans Azure.
advice-found-nobody = Personne ne porte encore ce nom ici. C’est ordinaire : Azure regarde avant de créer. Il n’y a rien à faire.
advice-taken = Une autre personne ou un autre groupe porte déjà ce nom. Changez l’un des deux dans Azure.
advice-taken-external-id = Deux utilisateurs envoient le même externalId depuis Azure : corrigez le mappage d’externalId (objectId).
advice-taken-external-id-group = Deux groupes envoient le même externalId depuis Azure : corrigez le mappage d’externalId (objectId).
advice-taken-person = Une autre personne porte déjà ce nom. Changez l’un des deux dans Azure.
advice-taken-group = Un autre groupe porte déjà ce nom. Changez l’un des deux dans Azure.
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

## Set-up

setup-title = Connecter Azure
to-setup = Retour à la configuration
confirm-by-typing = Pour confirmer, saisissez « { $word } »
until-typed = Le bouton fonctionne une fois ce mot saisi.
not-confirmed = Rien n’a été fait : la saisie ne correspond pas à « { $word } ».
credential-name = Nom
token-id = Identifiant du jeton
ends = Valable jusqu’au
never = sans fin
uses = Utilisation
made-by = créé par { $by },
from-address = depuis { $address }
last-used = la dernière fois :
times-used = { $count ->
    [0] jamais
    [one] une fois
   *[other] { $count } fois
}
uses-delay = Les utilisations sont comptées avec quelques secondes de retard.
state-title = État
state-means-enabled = Activée : ce qu’Azure envoie est exécuté.
state-means-paused = En pause : Azure est prié de revenir plus tard, et le fait de lui-même. Rien n’est perdu.
state-means-disabled = Désactivée : tout ce qu’Azure envoie est refusé. Au bout d’un certain temps, Azure met l’approvisionnement en quarantaine.
state-means-detached = Détachée, définitivement : Azure est refusé, et les personnes relèvent du LMS.
state-is-detached = Plus rien ne peut y être modifié. Pour connecter de nouveau Azure, créez une autre intégration.
state-enable = Activer
state-pause = Mettre en pause
state-disable = Désactiver
state-disable-means = Azure sera refusé dès cet instant, et mettra son approvisionnement en quarantaine au bout d’un certain temps. Pour un arrêt provisoire, mettez plutôt en pause.
state-role = Le rôle operator permet d’activer, de mettre en pause et de désactiver.
state-set-enabled = Activée : ce qu’Azure envoie est de nouveau exécuté.
state-set-paused = En pause : Azure est prié de revenir plus tard.
state-set-disabled = Désactivée : tout ce qu’Azure envoie est refusé.
addresses-title = Adresses
token-url = URL des jetons d’accès
token-url-means = Uniquement pour les jetons sans secret, et pour l’identifiant et le secret de client.
credentials-caption = Jetons non révoqués
credentials-empty = Il n’y en a aucun : Azure ne peut pas encore se connecter. Créez un jeton et collez-le dans Azure.
credentials-role = Le rôle owner permet de les créer, de les renouveler et de les révoquer.
credential-kind-secret = Jeton à coller dans Azure
credential-kind-client = Identifiant et secret de client (OAuth)
credential-kind-federated = Fédéré, sans secret
credential-kind-entra = Jeton propre à Entra
kind-means-secret = Azure le présente à chaque demande, comme « Jeton secret ». Il se renouvelle avant d’expirer.
kind-means-client = Azure échange un identifiant et un secret contre des jetons d’accès de courte durée, à l’URL des jetons d’accès.
kind-means-federated = Entra signe son identité et reçoit en échange des jetons d’accès de courte durée, à l’URL des jetons d’accès. Il n’y a aucun secret à garder ni à renouveler.
kind-means-entra = Azure envoie un jeton qui lui est propre lorsque « Jeton secret » reste vide. Toute application de votre locataire peut en obtenir un : Microsoft ne le recommande que pour des essais.
credential-state-active = valable
credential-state-expiring = expire bientôt
credential-state-expired = expiré
credential-state-revoked = révoqué
credential-scopes = Peut seulement
credential-networks = Seulement depuis
scope-users-read = lire les utilisateurs
scope-users-write = écrire les utilisateurs
scope-groups-read = lire les groupes
scope-groups-write = écrire les groupes
issue-secret = Créer un jeton
issue-others = Sans secret, ou par identifiant et secret de client
retire-safe = Entra a utilisé « { $successor } » { $uses ->
    [one] une fois
   *[other] { $uses } fois
}, et celui-ci pas une seule fois dans l’heure précédente : vous pouvez le retirer sans risque.
retire-waiting = Remplacé par { $id } ; pas encore utilisé par Azure. Collez le nouveau secret dans Azure.
retire-still-used = Azure s’en est encore servi dans l’heure : attendez qu’il n’utilise plus que le nouveau.
retire-no-successor = Pour le remplacer, renouvelez-le. Il pourra être retiré dès qu’Azure utilisera le nouveau.
retire = Retirer
retired = « { $name } » est retiré. Azure continue avec le nouveau.
rotate = Renouveler
revoke = Révoquer immédiatement
revoked = « { $name } » est révoqué : il ne donne plus accès à personne.
revoked-at = Révoqué
was-revoked = Ce jeton est déjà révoqué : il ne donne accès à personne.
revoke-title = Révoquer un jeton
revoke-means = Quiconque le présente est refusé immédiatement, Azure compris. C’est irréversible.
revoke-others = { $count ->
    [0] Aucun autre ne donne accès à Azure : l’approvisionnement s’arrête jusqu’à ce que vous en créiez un et le colliez dans Azure.
    [one] Un autre donne encore accès.
   *[other] { $count } autres donnent encore accès.
}
revoked-count = { $count ->
    [one] un révoqué
   *[other] { $count } révoqués
}

## Guide

guide-title = De zéro à la première personne
guide-intro = Dans le centre d’administration Microsoft Entra, il vous faut le rôle Administrateur d’application cloud. Les étapes sont cochées d’après ce qu’Azure a réellement fait.
steps-done = { $done ->
    [0] Aucune étape sur { $all } n’est faite.
    [one] Une étape sur { $all } est faite.
   *[other] { $done } étapes sur { $all } sont faites.
}
steps-watched = Cette page se met à jour d’elle-même toutes les cinq secondes, pendant dix minutes.
steps-not-watched = Cette page ne se met plus à jour d’elle-même.
look-again = Actualiser
step-is-open = pas encore vu
step-is-wrong = vu, mais incorrect
step-is-done = fait
step-token = Créer un jeton
step-token-how = Il n’est affiché qu’une fois : ayez Azure ouvert à côté.
step-token-there = Il y a le jeton « { $name } ». Il a été affiché une seule fois, à sa création.
step-tokens-there = Il y a { $count } jetons à secret, listés plus bas. Chacun a été affiché une seule fois, à sa création.
step-token-lost = Si vous n’avez aucun secret sous la main, créez un jeton que vous pourrez coller.
step-token-role = Si personne n’a de secret sous la main, le rôle owner permet de créer un jeton à coller.
step-token-issue = Créer un jeton à coller
step-connection = Relier l’application et tester la connexion
step-connection-app = Applications d’entreprise → Nouvelle application → Créer votre propre application → « Intégrer une autre application que vous ne trouvez pas dans la galerie ». Puis Approvisionnement → Prise en main → mode Automatique, et collez :
azure-field-tenant-url = URL de locataire
azure-field-secret-token = Jeton secret
step-connection-secret = le jeton affiché à sa création
step-connection-test = « Tester la connexion » doit indiquer que les informations d’identification sont autorisées. Enregistrez ensuite.
step-connection-denied = Sinon, voyez ici ce qui était attendu et ce qui a été reçu.
step-mapping = Mapper l’identifiant d’objet
step-mapping-how = Mappages → Approvisionner les utilisateurs Microsoft Entra ID : remplacez la source de externalId, mailNickname, par objectId. C’est ainsi qu’une personne qui revient est reconnue. Enregistrez. Dès que des personnes sont arrivées, l’étape est cochée d’après leurs valeurs.
step-person = Affecter une personne et démarrer
step-person-how = Utilisateurs et groupes → affectez les personnes à créer dans le LMS. Puis Approvisionnement → Démarrer l’approvisionnement, ou « Approvisionner à la demande » pour une seule personne, en quelques secondes.
step-group = Affecter un groupe
step-group-how = Un groupe affecté arrive avec ses membres et devient une cohorte selon les règles.
step-deactivation = Voir quelqu’un partir
step-deactivation-how = Retirez l’affectation d’une personne de test, ou désactivez son compte, puis relancez l’approvisionnement : l’apprenant devient inactif.
findings-title = Ce qui semble incorrect dans le mappage
findings-nobody = Il n’y a personne à examiner. Dès que des personnes seront arrivées, vous lirez ici ce qu’il faut changer dans Azure.
findings-none = { $sampled ->
    [one] La seule personne arrivée a été examinée : rien ne semble incorrect.
   *[other] Les { $sampled } personnes les plus récentes ont été examinées : rien ne semble incorrect.
}
findings-some = { $sampled ->
    [one] Une personne a été examinée.
   *[other] Les { $sampled } personnes les plus récentes ont été examinées.
}
finding-users = { $users ->
    [one] Une personne concernée.
   *[other] { $users } personnes concernées.
}
finding-examples = Par exemple
finding-no-external-id = Il n’y a pas d’externalId.
finding-external-id-is-no-object-id = externalId n’est pas un identifiant d’objet.
finding-user-name-is-no-address = Le nom de connexion n’est pas une adresse.
finding-user-name-is-of-a-guest = Le nom de connexion est celui qu’Entra compose pour les invités (#EXT#).
finding-no-work-mail = Il n’y a pas d’adresse e-mail professionnelle.
finding-display-name-missing = Il n’y a pas de nom complet.
finding-name-missing = Le prénom ou le nom de famille manque.
finding-fix-no-external-id = Dans le mappage d’Azure, ajoutez externalId avec la source objectId : sans lui, une personne qui revient n’est pas reconnue.
finding-fix-external-id-is-no-object-id = Dans le mappage d’Azure, donnez à externalId la source objectId. La valeur actuelle, mailNickname par exemple, peut changer.
finding-fix-user-name-is-no-address = Dans le mappage d’Azure, prenez userPrincipalName ou mail comme source de userName, si l’on se connecte au LMS avec une adresse.
finding-fix-user-name-is-of-a-guest = Dans le mappage d’Azure, prenez mail comme source de userName pour les invités, ou n’affectez pas d’invités.
finding-fix-no-work-mail = Dans le mappage d’Azure, donnez à emails[type eq "work"].value la source mail, ou userPrincipalName lorsque mail est vide.
finding-fix-display-name-missing = Dans le mappage d’Azure, donnez à displayName la source displayName.
finding-fix-name-missing = Dans le mappage d’Azure, donnez à name.givenName et name.familyName les sources givenName et surname, et complétez-les pour ces personnes.

## A new integration

new-title = Créer une intégration
new-intro = Un portail dans un environnement. La production et la préproduction sont deux intégrations, avec leurs propres adresses, jetons et réglages. Commencez par la préproduction.
new-portal = Portail
new-portal-means = Le code du LMS du client, exactement comme il y figure : un autre code est un autre LMS.
new-environment = Environnement
new-slug = Nom dans les adresses
new-slug-means = De 1 à 63 lettres minuscules, chiffres et traits d’union, par exemple acme-staging. Aucun des trois ne pourra être changé.
new-look = Voir ce qui sera créé
new-state = Pour commencer
new-state-enabled = Activée : Azure est admis dès qu’un jeton est créé
new-state-disabled = Désactivée : Azure est refusé jusqu’à ce que quelqu’un l’active
new-confirm-title = Créer cette intégration ?
new-confirm-intro = Rien n’est encore créé. Portail, environnement et nom sont définitifs.
new-first-of-portal = Aucune intégration n’alimente encore le portail « { $portal } ». Le code est-il juste ?
new-known-portals = Portails existants :
new-state-later = Elle peut être activée, mise en pause et désactivée à tout moment sur sa page de configuration.
new-back = Non, modifier
new-make = Créer
new-made = { $slug } est créée. Étape suivante : créer un jeton.
new-beside = Ce portail et cet environnement ont déjà une intégration.
new-beside-means = Une personne présente dans les deux locataires Azure aurait deux fois le même identifiant et resterait bloquée dans le second. N’en créez une autre que pour des personnes absentes de :
new-present = { $slug } existe déjà et n’a pas été modifiée.
new-refused = L’intégration n’a pas été créée :

## A new credential

issue-title = Créer un jeton
issue-make = Créer
issue-refused = La création n’a pas eu lieu :
issue-name-means = Pour qui lit la liste, par exemple « Entra production ».
issue-expires = Valable jusqu’à la fin du (UTC)
issue-expires-means = 730 jours au plus. Azure devra en recevoir un nouveau avant cette date.
issue-expires-optional = Laissez vide pour une durée illimitée.
issue-scopes = Ce qu’il permet
issue-scopes-means = L’approvisionnement d’Azure a besoin de tout. Un programme qui ne fait que consulter n’a pas besoin d’écrire.
issue-networks = Réseaux depuis lesquels il peut servir
issue-networks-means = Un par ligne, par exemple 192.0.2.0/24 ou 2001:db8::/32. Laissez vide pour n’importe où.
issue-mistake-name = Le nom est vide.
issue-mistake-expires = La fin n’est pas une date.
issue-mistake-tenant-id = L’ID de locataire manque.
issue-mistake-audience = L’audience manque.
issue-mistake-subject = Le sujet manque.
issue-mistake-scopes = Rien de ce qu’il permet n’est choisi.
network-no = « { $typed } » n’est pas un réseau, comme 192.0.2.0/24 ou 2001:db8::/32.
network-address = « { $typed } » n’a pas de longueur : écrivez { $one } pour cette seule adresse.
network-wider = « { $typed } » contient plus qu’un réseau : écrivez { $network }, ou { $one } pour cette seule adresse.
networks-any = partout
signed-tenant-id = ID de locataire
signed-audience = Audience
signed-subject = Sujet
signed-means-tenant-id = Centre d’administration Microsoft Entra → Vue d’ensemble → ID de locataire.
signed-means-audience = La valeur « aud » de ce que signe Entra : pour la fédération api://ID_D_APPLICATION ; pour son propre jeton, toujours celle proposée ici.
signed-means-subject = L’identifiant d’objet du principal de service de votre application d’entreprise.
rotate-title = Renouveler un jeton
rotate-intro = Un successeur de « { $name } » est créé aux mêmes conditions. Les deux sont valables jusqu’à ce que vous retiriez l’ancien : rien ne s’interrompt.
made-title = Collez ceci maintenant dans Azure
made-once = Affiché cette seule fois : plus personne ne pourra le relire.
made-before = Le jeton a été créé au premier envoi de ce formulaire, et figure dans la liste des jetons. Il a été affiché une seule fois, et ne peut plus l’être. Si vous ne l’avez pas collé, créez-en un autre et révoquez celui-ci.
made-paste-secret = Application d’entreprise → Approvisionnement → Informations d’identification de l’administrateur : collez les deux, testez la connexion, enregistrez.
made-paste-client = Application d’entreprise → Approvisionnement → Informations d’identification de l’administrateur, méthode d’authentification OAuth2 par identifiants de client : collez ces valeurs, testez la connexion, enregistrez.
made-paste-federated = Application d’entreprise → Approvisionnement : indiquez à Entra le point de terminaison des jetons et, comme identifiant de client, cet identifiant. Il n’y a pas de secret.
made-paste-entra = Application d’entreprise → Approvisionnement → Informations d’identification de l’administrateur : collez seulement l’adresse, testez la connexion, enregistrez.
made-leave-blank = laissez ce champ vide
made-done = C’est collé
rotated-next = Attendez ensuite qu’Azure l’ait utilisé pendant une heure, puis retirez « { $old } » depuis la page de configuration : elle indique quand c’est sans risque.

## Environments

environments-title = Environnements
to-environments = Retour aux environnements
place = Emplacement
promotion-title = D’un environnement à l’autre
promotion-to = Rendre celle-ci
promotion-from = identique à celle-ci
promotion-intro = Voici ce qui changerait dans { $to } pour l’aligner sur { $from }. Les personnes, les groupes, les jetons et l’état ne sont pas copiés.
promotion-alone = Ce portail n’a pas d’autre intégration avec laquelle comparer. Essayez d’abord réglages et règles en préproduction : créez-y une intégration.
compare = Comparer
compare-caption = Ce qui changerait dans { $to }, à l’image de { $from }
compare-now = { $slug } maintenant
compare-then = comme dans { $slug }
compare-settings = Profil, réglages et schémas
compare-settings-equal = Ils sont identiques dans les deux.
compare-rules = Règles côté LMS
compare-rules-equal = Les règles sont identiques dans les deux.
compare-unheard = Le LMS ne connaît pas encore les deux : une intégration a des règles dès qu’Azure a envoyé quelque chose.
compare-away = La comparaison est impossible pour le moment.
promote = { $count ->
    [one] Modifier cet emplacement dans { $to }
   *[other] Modifier ces { $count } emplacements dans { $to }
}
promote-role = Le rôle owner permet cette promotion.
promote-changed = L’une des deux a été modifiée entre-temps. Rien n’a été fait ; voici la différence actuelle :
promote-refused = Rien n’a été promu. Le service indique pourquoi :
promoted-settings = { $to } a désormais les réglages de { $from }.
promoted-rules = { $to } a désormais les règles de { $from }. Ce qui est connu est réexaminé en arrière-plan.
detach-title = Détacher d’Azure
detach-role = Le rôle owner permet de la détacher.
detach-means = Le détachement met fin à cette intégration, définitivement. Il ne désactive personne : les personnes et les cohortes restent dans le LMS telles quelles, et plus personne ne suit Azure. Pour un arrêt provisoire, mettez plutôt en pause.
detach-done = Cette intégration est détachée, définitivement.
detach-away = Le nombre de personnes concernées est inconnu pour le moment : le détachement n’est donc pas proposé. Réessayez plus tard.
detach-nothing = Le LMS n’a rien reçu de cette intégration : personne n’est concerné.
detached-at = Détachée
detach-settled = Tout relève désormais du LMS.
detach-settling = Les personnes et les cohortes sont encore en cours de transfert.
detach-caption = Ce qui reste dans le LMS
detach-active = Apprenants actifs
detach-active-means = restent actifs et gardent toutes leurs valeurs
detach-inactive = Apprenants inactifs
detach-inactive-means = restent inactifs
detach-cohorts = Cohortes
detach-cohorts-means = relèvent désormais du LMS
detach-memberships = Appartenances données par Azure
detach-memberships-means = restent, comme saisies à la main
detach-roles = Rôles donnés par une cohorte
detach-roles-means = restent à ceux qui les ont
detach-held-means = sont rejetées : ces personnes restent actives
detach-adoptions-means = sont oubliés
detach-parked-means = n’auront plus d’effet
detach = Détacher définitivement
detached = { $slug } est détachée.

## Administrators

administrators-title = Administrateurs
you-title = Qui vous êtes, et ce que vous pouvez faire
you-are = Vous êtes connecté en tant que { $subject }.
you-no-role = Vous n’avez aucun rôle : rien ne vous est visible.
you-in-portal = dans le portail { $portal }
you-everywhere = dans tous les portails
role-viewer = Lecteur
role-operator = Opérateur
role-owner = Propriétaire
roles-caption = Chaque rôle peut ce que peuvent ceux qui le précèdent
role-may-viewer = Tout lire, sauf les secrets et le registre des actes.
role-may-operator = Activer, mettre en pause et désactiver ; modifier les réglages ; décider de ce qui attend ; exporter.
role-may-owner = Créer des intégrations et des jetons, les renouveler et les révoquer ; mettre des règles en vigueur ; promouvoir ; détacher ; lire le registre des actes.
give-title = Comment obtenir un rôle
give-claim = Votre fournisseur OpenID indique les rôles de chaque personne dans une revendication du jeton. Un rôle y figure seul pour tous les portails, ou après le code d’un portail :
give-settings = Dans Microsoft Entra, ce sont les rôles d’application de l’application de la console. La revendication lue, et ce qui y précède un rôle, se règlent par :
link-how-title = Sans fournisseur OpenID
link-how = Qui détient un jeton d’administrateur demande un lien avec cette commande. Le lien connecte une seule fois, dans les dix minutes, avec les rôles de ce jeton. Ne l’envoyez à personne d’autre.
record-title = Registre des actes
record-intro = Tout ce que des administrateurs ont demandé et qui pouvait modifier quelque chose, refus compris. Aucun secret n’y figure.
record-role = Le rôle owner permet de le lire.
record-no-integration = Les actes sont listés par intégration, et aucune ne vous est visible.
record-empty = Rien n’est inscrit ici.
record-caption = Actes, les plus récents d’abord
who = Qui
service-scim-gateway = Côté annuaire (scim-gateway)
service-user-sync = Côté LMS (user-sync)
act-result-done = fait
act-result-denied = interdit
act-result-refused = refusé
act-result-failed = échoué
act-result-unknown = issue inconnue
act-post = Créer l’intégration
act-put-state = Changer l’état
act-put-profile = Changer la lecture des demandes
act-put-settings = Modifier les réglages
act-put-schemas = Compléter un schéma
act-post-credentials = Créer un jeton
act-delete-credentials = Révoquer un jeton
act-post-credentials-rotate = Renouveler un jeton
act-post-credentials-retire = Retirer un jeton
act-post-promotion = Promouvoir les réglages
act-post-detach = Détacher
act-post-replays = Republier des événements
act-post-snapshots = Demander un instantané
act-post-learners-search = Rechercher des apprenants
act-put-rules = Mettre des règles en vigueur
act-post-rules-preview = Essayer des règles sur une personne
act-post-rules-preview-cohorts = Essayer des règles sur les groupes
act-post-rules-promotion = Promouvoir les règles
act-post-holds-approve = Autoriser des désactivations retenues
act-post-holds-reject = Garder actives des personnes retenues
act-post-adoptions-link-all = Rapprocher tous les nouveaux venus selon un même critère
act-post-adoptions-link = Rapprocher un nouveau venu d’un apprenant
act-post-adoptions-create = Créer un apprenant pour un nouveau venu
act-post-parked-retry = Retenter des événements mis de côté
act-delete-parked = Oublier un événement mis de côté
act-post-stuck-retry = Réexaminer une ressource
act-put-learners-exemption = Exempter un apprenant
act-delete-learners-exemption = Mettre fin à une exemption
act-post-learners-erasure = Demander un effacement
act-delete-learners-erasure = Annuler un effacement
act-post-learners-erasure-confirm = Confirmer un effacement
yes = oui
no = non
detail-before = avant
detail-after = après
detail-changed = modifié
detail-credential = jeton
detail-kind = type
detail-expires-at = valable jusqu’au
detail-revoked = révoqué
detail-retired = retiré
detail-from = depuis
detail-from-version = sa version
detail-version = version
detail-integration = intégration
detail-portal = portail
detail-environment = environnement
detail-is-new = nouvellement créée
detail-schema = schéma
detail-is-changed = modifié

## People and what becomes of them: words of the API

nav-attention = À traiter
nav-people = Personnes
nav-groups = Groupes et cohortes
nav-attributes = Attributs
status-active = actif
status-inactive = inactif
status-erased = effacé
inactive-reason-source-disabled = compte désactivé dans Azure
inactive-reason-source-soft-deleted = dans la corbeille d’Azure
inactive-reason-source-deleted = supprimé dans Azure
inactive-reason-out-of-scope = hors du périmètre dans Azure
inactive-reason-admin = par un administrateur du LMS
inactive-reason-directory-detached = annuaire détaché
why-inactive-source-disabled = Azure a désactivé le compte (active vaut false).
why-inactive-source-soft-deleted = Le compte est dans la corbeille d’Azure. Restauré là-bas, l’apprenant redevient actif.
why-inactive-source-deleted = Azure a supprimé le compte. Les traces de formation sont conservées.
why-inactive-out-of-scope = La personne n’est plus dans le périmètre de l’approvisionnement : vérifiez les affectations de l’application d’entreprise dans Azure.
why-inactive-admin = Un administrateur du LMS l’a décidé, et non Azure.
why-inactive-directory-detached = L’annuaire a été détaché ; l’apprenant est resté tel quel.
attr-login = Identifiant de connexion
attr-email = Adresse e-mail
attr-given-name = Prénom
attr-family-name = Nom de famille
attr-display-name = Nom affiché
attr-job-title = Fonction
attr-department = Service
attr-division = Division
attr-organization = Organisation
attr-cost-center = Centre de coûts
attr-employee-number = Matricule
attr-employee-type = Type d’emploi
attr-hire-date = Date d’embauche
attr-manager = Responsable
attr-office = Bureau
attr-country = Pays
attr-preferred-language = Langue des formations
attr-locale = Formats régionaux
attr-time-zone = Fuseau horaire
attr-phone = Téléphone
attr-status = Statut
mode-source = Azure décide, toujours.
mode-seed-once = Azure donne la valeur à la création de l’apprenant ; ensuite, elle appartient au LMS.
mode-fill-if-empty = Azure donne la valeur tant qu’il n’y en a pas.
mode-keep-until-source-changes = Azure décide, mais une modification faite dans le LMS tient jusqu’à ce qu’Azure dise autre chose.
mode-lms = Le LMS décide ; ce que dit Azure n’est jamais écrit.
mode-ignore = La valeur n’est ni touchée ni comparée.
on-clear-clear = Sans valeur dans Azure, l’apprenant la perd.
on-clear-keep = Sans valeur dans Azure, l’apprenant la garde.
on-clear-refuse = Sans valeur dans Azure, l’apprenant la garde et le cas est signalé.
author-source = Azure, qui en décide
author-seed = Azure, à la création de l’apprenant
author-fill = Azure, faute de valeur
author-lms = quelqu’un dans le LMS
phase-current = existe dans Azure
phase-deleted = supprimé dans Azure
phase-superseded = remplacé par un compte plus récent
waiting-held = La désactivation est retenue : beaucoup de personnes devaient être désactivées à la fois et quelqu’un doit décider. D’ici là, l’apprenant reste actif.
waiting-adoption = Cette personne est peut-être déjà connue. Rien n’est écrit tant que personne n’a décidé.
waiting-exempt = L’apprenant est exempté : ce que dit Azure est mémorisé et n’est pas écrit.
trouble-too-long = La valeur dépasse 4096 octets.
trouble-not-an-address = La valeur ne ressemble pas à une adresse électronique.
trouble-not-a-date = La valeur ne commence pas par une date comme 2024-02-29.
trouble-not-a-language = La valeur n’est pas un code de langue comme fr-CA.
trouble-not-a-time-zone = La valeur n’est pas un fuseau horaire comme Europe/Paris.
trouble-not-an-id = La valeur n’est pas l’identifiant SCIM d’un utilisateur.
conflict-reverted = Une modification faite dans le LMS a été annulée : Azure décide de cette valeur.
conflict-clear-refused = Azure a vidé une valeur obligatoire ; l’apprenant l’a gardée.
mistake-no-reason = Un motif est nécessaire.
mistake-no-date = Le dernier jour n’est pas une date.
mistake-not-typed = La saisie de confirmation ne correspond pas. Rien n’a été fait.

## People: in several places

not-done = Rien n’a été fait :
more = Suite
name = Nom
status = Statut
reason = Motif
where = Où
needs-operator = Le rôle operator permet de le faire.
needs-owner = Le rôle owner permet de le faire.
type-to-confirm = Pour confirmer, saisissez
azure-says = Azure dit
azure-said = Azure disait
lms-holds = Le LMS contient
lms-held = Le LMS contenait
set-by = Défini par
differs = différent
lms-not-heard = Le LMS n’a encore rien reçu de cette intégration. Démarrez l’approvisionnement dans Azure ; les personnes apparaissent avec le premier événement.

## People

people-title = Personnes
people-text = Nom, adresse, matricule ou identifiant externe
search-forgotten = Cette recherche n’est plus conservée. Relancez-la.
people-hint = Le début d’un nom ou d’une adresse, ou un matricule ou identifiant externe complet ; ou rien, pour lister tout le monde selon le statut. Le texte n’apparaît dans aucune adresse.
people-caption = Apprenants issus de cette intégration
people-none-found = Personne ne correspond. Est-ce bien le début du nom, avec ses accents ? Qui n’a jamais été dans le périmètre d’Azure n’est pas ici.
people-none-of-status = Personne n’a ce statut.
people-none = Personne pour l’instant. Affectez des personnes à l’application d’entreprise dans Azure et démarrez l’approvisionnement.
people-all = Afficher tout le monde
to-people = Personnes

## One person

person-title = Une personne
person-parts = Sur cette page
person-status = Statut et raison
person-values = Valeurs et raisons
person-values-caption = Ce que contient le LMS, ce qu’Azure a dit en dernier, et qui décide
person-values-hint = Selon les règles en vigueur, version { $version }.
person-no-cohorts = Dans aucune issue d’un groupe d’Azure. Les règles disent quels groupes deviennent des cohortes.
person-more-cohorts = Voici les 50 premières.
person-timeline = Ce qui s’est passé
timeline-caption = Demandes d’Azure et leurs effets dans le LMS, les plus récents d’abord
timeline-empty = Rien qui soit encore conservé : le journal et les effets sont oubliés passé leur délai.
where-azure = Azure
where-lms = LMS
person-conflicts = Conflits
conflicts-caption = Désaccords entre Azure et le LMS, les plus récents d’abord
person-no-conflicts = Aucun : personne n’a modifié dans le LMS ce dont Azure décide.
edited = modifié depuis dans le LMS
azure-wrote = écrit par Azure
by-rules = règles { $version }
azure-says-nothing = rien qui soit conservé
azure-last-spoke = Dernier message d’Azure sur cette personne
phase = Compte
learner-id = Identifiant de l’apprenant
external-id = Identifiant externe (ID d’objet)
in-the-services-words = Dans les mots du service
to-hold = Vers la décision
to-newcomers = Vers les nouveaux venus
recheck = À réévaluer depuis le
person-exemption = Exemption
exemption-hint = Une personne exemptée reste telle quelle jusqu’à la fin, quoi que dise Azure : pour un congé de longue durée, par exemple.
exempt-until = Exempté jusqu’au
decided-by = décidé par { $subject }
not-exempt = Pas d’exemption.
last-day = Dernier jour (UTC)
exempt = Exempter
exemption-change = Modifier
exemption-end = Mettre fin à l’exemption maintenant
exemption-set = L’exemption est en vigueur.
exemption-ended = L’exemption a pris fin. L’apprenant reprend ce qu’Azure a dit en dernier.
person-erasure = Effacement des données personnelles
erasure-hint = Pour une demande d’effacement (RGPD). Deux administrateurs sont nécessaires. Retirez d’abord la personne de l’approvisionnement dans Azure. Les traces de formation restent, sans nom.
erasure-reason = Motif, sans le nom de la personne
erasure-ask = Demander l’effacement
erasure-asked = Demandé par
erasure-done = Confirmé par
erasure-waits = En attente d’un autre administrateur, de rôle owner. Rien n’est encore effacé.
erasure-no-way-back = Toutes les données personnelles de cet apprenant sont vidées. C’est irréversible.
erasure-second-person = Vous l’avez demandé : un autre administrateur doit confirmer.
erasure-confirm = Effacer définitivement
erasure-withdraw = Retirer la demande
erasure-requested = L’effacement attend un autre administrateur.
erasure-confirmed = L’apprenant a été effacé.
erasure-withdrawn = La demande a été retirée.

## Needs attention: words of the API

mistake-no-comment = Un commentaire est nécessaire.
mistake-not-the-number = Le nombre n’est pas celui des personnes actuellement en attente. Vérifiez : d’autres ont pu s’y ajouter.
hold-open = attend une décision
hold-approved = approuvée : les personnes sont inactives
hold-rejected = rejetée : les personnes sont restées actives
candidate-local = connu du seul LMS
candidate-former = était déjà dans l’annuaire
obstacle-learner-erased = Impossible : a été effacé.
obstacle-foreign-learner = Impossible : appartient à un autre portail ou à une autre intégration.
obstacle-follows-living-user = Impossible : suit un autre compte, actif dans Azure.
obstacle-learner-active = Impossible : est actif.
park-refused = Refusé par le LMS
park-no-seat = Aucune place libre
park-missing-attribute = Une valeur manque
park-contested-external-id = Deux comptes pour une même personne
park-unknown-cohort = Cohorte inexistante
park-unfit-key = Nom ou identifiant trop long ou mal formé
park-foreign-portal = D’un autre portail
park-malformed-member = Identifiant de membre mal formé
park-malformed-snapshot = Partie de comparaison mal formée
park-missing-state = L’événement ne dit rien de la personne ou du groupe
park-undecodable = Message illisible
park-given-up = Abandonné
unpark-refused = Le plus souvent, un autre apprenant détient l’identifiant de connexion. Changez l’un des deux dans Azure, ou l’apprenant dans le LMS.
unpark-no-seat = Libérez une place dans le portail ou relevez sa limite, puis réessayez.
unpark-missing-attribute = Ajoutez la valeur dans Azure, ou changez son origine dans le mappage.
unpark-contested-external-id = Vérifiez dans Azure lequel des deux comptes est le bon, et retirez l’autre de l’approvisionnement.
unpark-unknown-cohort = Une règle relie le groupe à une cohorte que le portail n’a pas. Modifiez la règle.
unpark-unfit-key = Raccourcissez l’identifiant de connexion ou l’identifiant externe dans Azure.
unpark-foreign-portal = L’intégration appartient à un autre portail ou environnement. Prévenez qui exploite les services.
unpark-malformed-member = Prévenez qui exploite les services, avec l’identifiant de l’événement.
unpark-malformed-snapshot = Relancez la comparaison. Si cela revient, c’est un défaut à signaler.
unpark-missing-state = Comparez maintenant avec Azure : l’état arrivera par une autre voie.
unpark-undecodable = Les services sont peut-être de versions différentes. Prévenez qui les exploite.
unpark-given-up = Il n’est plus retenté de lui-même. Essayez une fois ; si cela revient, c’est un défaut à signaler.
drift-missing-user = Personnes inconnues du LMS
drift-stale-user = Personnes dont une modification manquait
drift-extra-user = Personnes absentes d’Azure
drift-edited-learner = Apprenants modifiés dans le LMS
drift-edited-status = Statuts modifiés dans le LMS
drift-missing-group = Groupes inconnus du LMS
drift-stale-group = Groupes dont une modification manquait
drift-extra-group = Groupes absents d’Azure
drift-edited-cohort = Cohortes modifiées dans le LMS
drift-missing-membership = Appartenances manquantes
drift-extra-membership = Appartenances en trop
drift-means-missing-user = Azure a une personne dont le LMS ne savait rien.
drift-means-stale-user = Le LMS avait manqué une modification.
drift-means-extra-user = Le LMS suivait une personne qu’Azure n’a pas.
drift-means-edited-learner = Quelqu’un d’autre a écrit ce dont Azure décide. Pour garder ces modifications, changez qui décide de l’attribut.
drift-means-edited-status = Quelqu’un a changé dans le LMS le statut, dont Azure décide.
drift-means-missing-group = Azure a un groupe dont le LMS ne savait rien.
drift-means-stale-group = Le LMS avait manqué une modification.
drift-means-extra-group = Le LMS suivait un groupe qu’Azure n’a pas.
drift-means-edited-cohort = Quelqu’un d’autre a écrit ce que le groupe décide.
drift-means-missing-membership = Il manquait à la cohorte un membre du groupe.
drift-means-extra-membership = La cohorte avait un membre que le groupe n’a pas.
telling-users = Lecture des personnes.
telling-groups = Lecture des groupes.
telling-members = Lecture des membres.
telling-ended = Tout est lu.

## Needs attention

attention-title = À traiter
to-attention = À traiter
attention-quiet = Rien n’attend votre décision.
attention-caption = Ce qui attend, et que faire
attention-hold = { $count ->
    [0] Plus personne n’y attend.
    [one] { $count } personne doit être désactivée et reste active jusqu’à une décision.
   *[other] { $count } personnes doivent être désactivées et restent actives jusqu’à une décision.
}
what = Quoi
how-many = Combien
whom = Concerne
comment = Commentaire
tried = Essais
within-a-day = en un jour
differences = { $count ->
    [0] aucune différence
    [one] { $count } différence
   *[other] { $count } différences
}
erasures-title = Effacements demandés
erasures-hint = Chacun attend un autre administrateur, de rôle owner, qui le confirme sur la page de la personne.
erasures-none = Aucun en attente.
erasures-caption = Effacements en attente d’une seconde personne, les plus récents d’abord
erasures-reason = Motif
holds-title = Désactivations retenues
holds-hint = Trop de personnes devaient être désactivées à la fois. Décidez si c’est voulu ou s’il s’agit d’une erreur de périmètre dans Azure.
holds-none = Aucune à ce jour : jamais autant de personnes n’ont été désactivées à la fois.
holds-caption = Les plus récentes d’abord
hold-title = Désactivation retenue
hold-decision = Décision
hold-began = Début
hold-departed = Désactivées avant
hold-active = Actives à ce moment
hold-sample = Quelques personnes en attente
hold-sample-caption = { $shown } personnes en attente sur { $count }
type-the-number = Pour confirmer, saisissez le nombre de personnes :
hold-approve-title = C’est voulu
hold-approve-text = { $count ->
    [one] { $count } personne est désactivée : plus de connexion, sessions closes, inscriptions ouvertes suspendues. Les traces de formation restent.
   *[other] { $count } personnes sont désactivées : plus de connexion, sessions closes, inscriptions ouvertes suspendues. Les traces de formation restent.
}
hold-approve = Désactiver
hold-reject-title = C’est une erreur
hold-reject-text = { $count ->
    [one] { $count } personne reste active tant qu’Azure n’en dit rien de nouveau. Corrigez aussi le périmètre dans Azure.
   *[other] { $count } personnes restent actives tant qu’Azure n’en dit rien de nouveau. Corrigez aussi le périmètre dans Azure.
}
hold-reject = Garder actives
hold-is-approved = { $count ->
    [one] { $count } personne est en cours de désactivation.
   *[other] { $count } personnes sont en cours de désactivation.
}
hold-is-rejected = { $count ->
    [one] { $count } personne reste active.
   *[other] { $count } personnes restent actives.
}
newcomers-title = Nouveaux venus à décider
newcomers-hint = Un nouveau venu ressemble à quelqu’un de connu. Dites s’il s’agit de la même personne ; rien n’est créé avant.
newcomers-none = Personne n’attend.
newcomer-is = Nouveau dans Azure :
candidates-caption = De qui il peut s’agir
candidates-none = Plus personne : ceux qui étaient proposés ont changé depuis.
candidates-count = { $count ->
    [one] { $count } personne connue lui ressemble
   *[other] { $count } personnes connues lui ressemblent
}
in-common = En commun
training-records = Traces de formation
newcomer-link = La même personne
newcomer-create = Une nouvelle personne
newcomer-linked = C’est désormais une seule personne. L’apprenant garde ses traces de formation.
newcomer-created = Le nouveau venu reçoit son propre apprenant. En cas d’impossibilité, il figure parmi les éléments bloqués.
link-all-title = Relier en une fois
link-all-text = Chaque nouveau venu ayant exactement un candidat, proposé pour personne d’autre, avec ce point commun, est relié. Les autres restent à décider. Une adresse e-mail seule ne suffit jamais.
link-all = Tout relier
newcomers-linked = { $count ->
    [0] Personne n’a été relié : aucun n’a exactement un tel candidat.
    [one] { $count } nouveau venu a été relié.
   *[other] { $count } nouveaux venus ont été reliés.
}
parked-title = Événements mis de côté
parked-hint = Ce qui ne peut pas être appliqué est gardé et retenté de lui-même. Corrigez la cause, puis réessayez.
parked-none = Aucun : tout a pu être appliqué.
parked-caption = Événements qui ne peuvent pas être appliqués
parked-retry-all = Tout réessayer
parked-retry-these = Réessayer tous ceux de ce motif
parked-all-due = { $count ->
    [0] Plus aucun événement à retenter.
    [one] { $count } événement est retenté d’ici trente secondes.
   *[other] { $count } événements sont retentés d’ici trente secondes.
}
parked-due = Nouvel essai d’ici trente secondes.
parked-discard = Abandonner
parked-discard-text = Cet événement est oublié définitivement et ce qu’il dit n’est pas fait. Le prochain événement ou la prochaine comparaison y supplée.
parked-discarded = L’événement a été abandonné.
tried-times = { $count ->
    [one] { $count } fois
   *[other] { $count } fois
}
tried-since = depuis le
tried-next = prochain essai
tried-never = plus de nouvel essai automatique
stuck-title = Personnes et groupes bloqués
stuck-hint = À réévaluer après un changement de règles ou une décision, sans succès jusqu’ici.
stuck-none = Aucun.
stuck-caption = Ce qui n’a pas pu être réévalué
stuck-due = Réévaluation en cours.
managers-title = Responsables manquants
managers-hint = Désignés comme responsables sans être apprenants : le plus souvent hors du périmètre d’Azure. Affectez-les, ou laissez ainsi.
managers-none = Aucun : chaque responsable est apprenant.
managers-caption = Comptes désignés comme responsables sans être apprenants
managers-reports = Personnes concernées
lms-findings-title = Constats dans le LMS
findings-hint = Ce que seule une personne peut corriger, par exemple un portail sans administrateur.
lms-findings-none = Aucun.
findings-caption = Les plus récents d’abord
finding-open = en cours
finding-resolved = résolu depuis le
conflicts-title = Conflits
conflicts-hint = Là où quelqu’un modifie dans le LMS ce dont Azure décide. Pour garder ces modifications, changez qui décide.
conflicts-none = Aucun.
comparisons-title = Comparaisons avec Azure
comparisons-hint = Une fois par jour, tout ce qui a été provisionné est comparé au LMS, et les écarts sont réparés.
comparisons-none = Aucune encore. Comparez maintenant, ou attendez celle du jour.
comparisons-caption = Les plus récentes d’abord
comparison-start = Comparer maintenant
comparison-begun = La comparaison a commencé.
comparison-runs = Une comparaison est en cours. Demandée par { $subject },
comparison-told = Jusqu’ici { $users } personnes, { $groups } groupes, { $members } appartenances.
comparison-found = Écarts
comparison-nothing = aucun
comparison-finished = terminée
comparison-parts = { $seen } parties sur { $total }
comparison-some-parts = { $seen } parties jusqu’ici
comparison-title = Ce qui différait
comparison-kinds = Types d’écarts
comparison-repaired = Les écarts sont déjà réparés, sauf si une retenue, une exemption ou une décision s’y oppose.

## Overview: how it goes on in the LMS

events-waiting = Événements en route vers le LMS
last-applied = Dernier événement appliqué dans le LMS
learners-active = { $count ->
    [one] { $count } apprenant actif
   *[other] { $count } apprenants actifs
}
learners-inactive = { $count ->
    [one] inactif
   *[other] inactifs
}

## Groups, attributes and rules: words of the API

mistake-rules-changed = Quelqu’un d’autre a modifié les règles depuis l’ouverture de cette page. Rien n’a été enregistré. Votre saisie est conservée.
mistake-no-person = Choisissez d’abord une personne.
cohort-status-active = en service
cohort-status-archived = archivée : le groupe a été supprimé
leave-keep = les inscriptions restent
leave-suspend = les inscriptions sont suspendues
leave-withdraw = les inscriptions prennent fin
leave-means-keep = Qui la quitte garde ses inscriptions ouvertes.
leave-means-suspend = Les inscriptions de qui la quitte sont suspendues jusqu’à son retour.
leave-means-withdraw = Les inscriptions de qui la quitte prennent fin.
lms-role-instructor = formateur
lms-role-manager = responsable
lms-role-admin = administrateur
grants-instructor = Les membres deviennent formateurs.
grants-manager = Les membres deviennent responsables.
grants-admin = Les membres deviennent administrateurs du portail.
when-kind-any = tous les groupes
when-kind-exact = le nom est
when-kind-prefix = le nom commence par
when-kind-contains = le nom contient
when-kind-regex = le nom correspond à (expression)
when-kind-external-id = l’identifiant externe est
when-kind-group-id = l’identifiant SCIM est
then-kind-create = deviennent une cohorte
then-kind-link = alimentent une cohorte du LMS
then-kind-ignore = ne deviennent rien
action-create = sa propre cohorte
action-link = partie d’une cohorte du LMS
action-ignore = rien
becomes-stays = reste
becomes-directory = prend la valeur d’Azure
becomes-emptied = est vidée

## Groups and cohorts

groups-title = Groupes et cohortes
groups-edit-title = Quel groupe devient quelle cohorte
cohorts = Cohortes
cohorts-caption = Cohortes issues des groupes d’Azure
cohorts-none = Aucune encore. Affectez des groupes à l’application d’entreprise dans Azure, et voyez ci-dessous ce qu’en font les règles.
members = Membres
source-group = Groupe
group = Groupe
on-leave = Au départ d’un membre
grants-role = Rôle des membres
no-role = aucun
cohort-rules = Règles
cohort-rules-hint = La première qui convient à un groupe décide ; un groupe qui ne convient à aucune ne devient rien.
cohort-rules-none = Aucune règle : aucun groupe ne devient une cohorte.
cohort-rules-unknown = Les règles contiennent quelque chose que cette console ne sait pas montrer. Modifiez-les avec « scimctl rules ».
when-any = Tous les groupes
when-exact = Les groupes nommés « { $text } »
when-prefix = Les groupes dont le nom commence par « { $text } »
when-contains = Les groupes dont le nom contient « { $text } »
when-regex = Les groupes dont le nom correspond à « { $text } »
when-external-id = Le groupe d’identifiant externe { $text }
when-group-id = Le groupe d’identifiant SCIM { $text }
then-create-default = deviennent des cohortes nommées « aad- » suivi de leur nom.
then-create = deviennent des cohortes nommées « { $target } ».
then-link = alimentent la cohorte { $target } du LMS.
then-ignore = ne deviennent rien.
groups-edit-hint = Les règles sont essayées dans leur ordre. Essayez-les avant d’enregistrer : rien n’est touché.
rule-new = Une autre règle
rule-number = Règle { $number }
rule-position = Rang
rule-when = Groupes dont
rule-text = Texte ou identifiant
rule-then = Ils
rule-target = Nom ou identifiant de cohorte
rule-remove = Retirer
rule-add = Une règle de plus
rule-target-hint = Nom d’une nouvelle cohorte : un modèle tel que « Classe { "{" }displayName{ "}" } » ; vide signifie « aad- » suivi du nom du groupe. Un rôle ne peut être donné qu’à un groupe désigné par un identifiant.
rules-try-groups = Essayer sur les groupes
preview-groups = { $groups } groupes examinés, { $changed } changeraient.
preview-more = Il y a d’autres groupes.
preview-created = Reçoivent leur propre cohorte
preview-linked = Alimentent une cohorte du LMS
preview-ignored = Ne deviennent plus rien
preview-amended = Gardent leur cohorte, sous un autre nom ou avec d’autres droits
preview-caption = { $shown } groupes sur { $count } qui changeraient
preview-now = Maintenant
preview-after = Ensuite
preview-rule = Par la règle

## Attributes and versions of the rules

attributes-title = Attributs
attributes-edit-title = Qui décide de quel attribut
attributes-caption = D’où viennent les valeurs, et qui en décide
from-scim = Origine (SCIM)
from-nothing = nulle part
else-from = sinon
then-step = puis
who-decides = Qui décide
when-cleared = Sans valeur dans Azure
attributes-mapping-hint = L’origine des valeurs se modifie avec « scimctl rules ».
rules-in-force = La version { $version } est en vigueur.
saved-by = Enregistrée par { $subject }
rules-defaults = Ce sont les valeurs par défaut, que personne n’a modifiées.
rules-change = Modifier les règles
rules-try = Essayer d’autres règles
rules-need-owner = Vous pouvez essayer des règles ; le rôle owner permet de les enregistrer.
rules-try-person = Essayer sur une personne
choose-person = Personne
rules-preview-person = Montrer ce qu’il adviendrait de la personne
rules-preview = Ce qui en résulterait
preview-person-caption = Rien de cela n’est écrit
rules-save = Enregistrer et mettre en vigueur
rules-save-hint = Toutes les personnes concernées sont réévaluées en quelques secondes à quelques minutes, sans nouvel envoi d’Azure.
rules-saved = La version { $version } des règles est en vigueur.
rules-theirs = En vigueur, version { $version } :
rules-yours-kept = Vos règles figurent dans le formulaire ci-dessous. Enregistrer de nouveau les met à la place de celles en vigueur.
versions-title = Versions des règles
versions-hint = Une version contient tout : attributs, groupes, garde-fou et reprise.
versions-none = Aucune : les valeurs par défaut sont en vigueur.
versions-caption = Les plus récentes d’abord
version = Version
version-defaults = Valeurs par défaut (version 0)
version-title = Une version des règles
version-compared = Version { $version }, comparée à la version { $seen } en vigueur.
version-same = Elle dit la même chose que les règles en vigueur.
version-differences = Ce qui diffère
version-in-force = En vigueur
version-this = Dans cette version
version-restore = Mettre cette version en vigueur
