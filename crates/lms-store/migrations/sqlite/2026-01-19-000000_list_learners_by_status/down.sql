drop index learner_status_page;
