create table "right".note (id int);
