create table floor.note (id int);
