-- The role stays: other databases of the server use it.
drop schema sync cascade;
drop schema lms cascade;
