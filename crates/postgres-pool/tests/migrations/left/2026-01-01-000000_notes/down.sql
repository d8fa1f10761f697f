drop table "left".note;
