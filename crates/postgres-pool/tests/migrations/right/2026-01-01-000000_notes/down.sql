drop table "right".note;
