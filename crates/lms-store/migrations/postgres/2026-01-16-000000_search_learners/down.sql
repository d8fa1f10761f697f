drop trigger learner_forget_what_is_sought on lms.learner;
drop function lms.forget_what_is_sought();
drop index lms.learner_search_login;
-- The indexes go with their columns.
alter table lms.learner
    drop column email_folded, drop column display_name_folded, drop column full_name_folded,
    drop column family_name_folded,
    alter column login_folded type text collate "default";
