-- Learners are found by how a name or an address begins, folded as logins are (lms::fold), and written with every event
-- that changes the learner. Of what the LMS writes by hand they are behind until the next event of the user.
alter table lms_learner add column email_folded text;
alter table lms_learner add column display_name_folded text;
-- Given name and family name.
alter table lms_learner add column full_name_folded text;
-- Family name and given name, of who has both.
alter table lms_learner add column family_name_folded text;

-- What `lower` folds otherwise than the service does, the next snapshot puts right.
update lms_learner
set email_folded = substr(lower(email), 1, 200),
    display_name_folded = substr(lower(display_name), 1, 200),
    full_name_folded = substr(lower(coalesce(given_name || ' ' || family_name, given_name, family_name)), 1, 200),
    family_name_folded = substr(lower(family_name || ' ' || given_name), 1, 200)
where integration is not null;

create index learner_search_login on lms_learner (integration, status, login_folded, learner_id);
create index learner_search_email on lms_learner (integration, status, email_folded, learner_id);
create index learner_search_display_name on lms_learner (integration, status, display_name_folded, learner_id);
create index learner_search_full_name on lms_learner (integration, status, full_name_folded, learner_id);
create index learner_search_family_name on lms_learner (integration, status, family_name_folded, learner_id);

-- Whoever erases a learner, and whatever is written to one afterwards.
create trigger learner_forget_what_is_sought after update on lms_learner
when new.status = 'erased' and coalesce(new.email_folded, new.display_name_folded, new.full_name_folded,
    new.family_name_folded) is not null
begin
    update lms_learner
    set email_folded = null, display_name_folded = null, full_name_folded = null, family_name_folded = null
    where learner_id = new.learner_id;
end;
