-- Learners of one status in the order of their ids, page by page.
create index learner_status_page on lms_learner (integration, status, learner_id);
