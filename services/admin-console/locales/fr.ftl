## Layout

skip = Aller au contenu
nav-label = Pages
nav-overview = Vue d’ensemble
nav-log = Journal de provisionnement
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

## Set-up

setup-title = Connecter Azure
to-setup = Retour à la configuration
confirm-by-typing = Pour confirmer, saisissez « { $word } »
not-confirmed = Rien n’a été fait : la saisie ne correspond pas à « { $word } ».
credential-name = Nom
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
state-title = État
state-means-enabled = Activée : ce qu’Azure envoie est exécuté.
state-means-paused = En pause : Azure est prié de revenir plus tard, et le fait de lui-même. Rien n’est perdu.
state-means-disabled = Désactivée : tout ce qu’Azure envoie est refusé. Au bout d’un certain temps, Azure met le provisionnement en quarantaine.
state-means-detached = Détachée, définitivement : Azure est refusé, et les personnes relèvent du LMS.
state-is-detached = Plus rien ne peut y être modifié. Pour connecter de nouveau Azure, créez une autre intégration.
state-enable = Activer
state-pause = Mettre en pause
state-disable = Désactiver
state-disable-means = Azure sera refusé dès cet instant, et mettra son provisionnement en quarantaine au bout d’un certain temps. Pour un arrêt provisoire, mettez plutôt en pause.
state-role = Le rôle operator permet d’activer, de mettre en pause et de désactiver.
state-set-enabled = Activée : ce qu’Azure envoie est de nouveau exécuté.
state-set-paused = En pause : Azure est prié de revenir plus tard.
state-set-disabled = Désactivée : tout ce qu’Azure envoie est refusé.
addresses-title = Adresses
token-url = URL des jetons d’accès
token-url-means = Uniquement pour les méthodes sans secret et pour les identifiants de client.
credentials-caption = Jetons et autres moyens d’accès non révoqués
credentials-empty = Il n’y en a aucun : Azure ne peut pas encore se connecter. Créez un secret et collez-le dans Azure.
credentials-role = Le rôle owner permet de les créer, de les renouveler et de les révoquer.
credential-kind-secret = Secret
credential-kind-client = Identifiants de client
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
issue-secret = Créer un secret
issue-others = Méthodes sans secret, et identifiants de client
retire-safe = Entra a utilisé « { $successor } » { $uses ->
    [one] une fois
   *[other] { $uses } fois
}, et celui-ci pas une seule fois dans l’heure précédente : vous pouvez le retirer sans risque.
retire-still-used = Il a encore servi durant la dernière heure : attendez qu’Azure n’utilise plus que le nouveau.
retire-no-successor = Pour le remplacer, renouvelez-le. Il pourra être retiré dès qu’Azure utilisera le nouveau.
retire = Retirer
retired = « { $name } » est retiré. Azure continue avec le nouveau.
rotate = Renouveler
revoke = Révoquer immédiatement
revoked = « { $name } » est révoqué : il ne donne plus accès à personne.
revoke-title = Révoquer un moyen d’accès
revoke-means = Quiconque le présente est refusé immédiatement, Azure compris. C’est irréversible.
revoke-others = { $count ->
    [0] Aucun autre ne donne accès à Azure : le provisionnement s’arrête jusqu’à ce que vous en créiez un et le colliez dans Azure.
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
step-token-how = Plus bas, sous « Jetons ». Le secret n’est affiché qu’une fois : ayez Azure ouvert à côté.
step-connection = Relier l’application et tester la connexion
step-connection-app = Applications d’entreprise → Nouvelle application → Créer votre propre application → « Intégrer une autre application que vous ne trouvez pas dans la galerie ». Puis Approvisionnement → Prise en main → mode Automatique, et collez :
step-connection-secret = le secret affiché à la création du jeton
step-connection-test = « Tester la connexion » doit indiquer que les informations d’identification sont autorisées. Enregistrez ensuite.
step-connection-denied = Sinon, voyez ici ce qui était attendu et ce qui a été reçu.
step-mapping = Mapper l’identifiant d’objet
step-mapping-how = Mappages → Approvisionner les utilisateurs Microsoft Entra ID : remplacez la source de externalId, mailNickname, par objectId. C’est ainsi qu’une personne qui revient est reconnue. Enregistrez. Dès que des personnes sont arrivées, l’étape est cochée d’après leurs valeurs.
step-person = Affecter une personne et démarrer
step-person-how = Utilisateurs et groupes → affectez les personnes à créer dans le LMS. Puis Approvisionnement → Démarrer l’approvisionnement, ou « Approvisionner à la demande » pour une seule personne, en quelques secondes.
step-group = Affecter un groupe
step-group-how = Un groupe affecté arrive avec ses membres et devient une cohorte selon les règles.
step-deactivation = Voir quelqu’un partir
step-deactivation-how = Retirez l’affectation d’une personne de test, ou désactivez son compte, puis relancez le provisionnement : l’apprenant devient inactif.
findings-title = Ce qui semble incorrect dans le mappage
findings-nobody = Personne n’est encore arrivé. Ensuite, vous lirez ici ce qu’il faut changer dans Azure.
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
finding-no-external-id = Il n’y a pas de externalId.
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
new-portal-means = Le code du LMS du client.
new-environment = Environnement
new-slug = Nom dans les adresses
new-slug-means = De 1 à 63 lettres minuscules, chiffres et traits d’union, par exemple acme-staging. Aucun des trois ne pourra être changé.
new-make = Créer
new-made = { $slug } est créée. Étape suivante : créer un jeton.
new-refused = L’intégration n’a pas été créée :

## A new credential

issue-title = Créer un moyen d’accès
issue-make = Créer
issue-refused = La création n’a pas eu lieu :
issue-name-means = Pour qui lit la liste, par exemple « Entra production ».
issue-expires = Valable jusqu’à la fin du (UTC)
issue-expires-means = 730 jours au plus. Azure devra en recevoir un nouveau avant cette date.
issue-expires-optional = Laissez vide pour une durée illimitée.
issue-mistake-name = Le nom est vide.
issue-mistake-expires = La fin n’est pas une date.
issue-mistake-tenant-id = L’ID de locataire manque.
issue-mistake-audience = L’audience manque.
issue-mistake-subject = Le sujet manque.
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
promotion-intro = Ce que { $to } deviendrait à l’image de { $from }. Les personnes, les groupes, les moyens d’accès et l’état ne sont pas copiés.
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
act-post-credentials = Créer un moyen d’accès
act-delete-credentials = Révoquer un moyen d’accès
act-post-credentials-rotate = Renouveler un moyen d’accès
act-post-credentials-retire = Retirer un moyen d’accès
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
detail-before = avant
detail-after = après
detail-changed = modifié
detail-credential = moyen d’accès
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
