drop index lms.learner_status_page;
