create table "left".note (id int);
