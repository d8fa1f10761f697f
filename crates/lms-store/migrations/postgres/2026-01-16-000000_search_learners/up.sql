-- Learners are found by how a name or an address begins, folded as logins are (lms::fold), and written with every event
-- that changes the learner. Of what the LMS writes by hand they are behind until the next event of the user. Compared
-- byte by byte, so that an index holds what begins alike in one place.
alter table lms.learner
    alter column login_folded type text collate "C",
    add column email_folded text collate "C",
    add column display_name_folded text collate "C",
    -- Given name and family name.
    add column full_name_folded text collate "C",
    -- Family name and given name, of who has both.
    add column family_name_folded text collate "C";

-- What `lower` folds otherwise than the service does, the next snapshot puts right.
alter table lms.learner disable trigger learner_touch;
update lms.learner
set email_folded = left(lower(email), 200),
    display_name_folded = left(lower(display_name), 200),
    full_name_folded = left(lower(coalesce(given_name || ' ' || family_name, given_name, family_name)), 200),
    family_name_folded = left(lower(family_name || ' ' || given_name), 200)
where integration is not null;
alter table lms.learner enable trigger learner_touch;

create index learner_search_login on lms.learner (integration, status, login_folded, learner_id);
create index learner_search_email on lms.learner (integration, status, email_folded, learner_id);
create index learner_search_display_name on lms.learner (integration, status, display_name_folded, learner_id);
create index learner_search_full_name on lms.learner (integration, status, full_name_folded, learner_id);
create index learner_search_family_name on lms.learner (integration, status, family_name_folded, learner_id);

-- Whoever erases a learner, and whatever is written to one afterwards.
create function lms.forget_what_is_sought() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.email_folded := null;
    new.display_name_folded := null;
    new.full_name_folded := null;
    new.family_name_folded := null;
    return new;
end $$;
create trigger learner_forget_what_is_sought before update on lms.learner
    for each row when (new.status = 'erased') execute function lms.forget_what_is_sought();

grant select (email_folded, display_name_folded, full_name_folded, family_name_folded),
    insert (email_folded, display_name_folded, full_name_folded, family_name_folded),
    update (email_folded, display_name_folded, full_name_folded, family_name_folded)
    on lms.learner to illuxi_user_sync;
