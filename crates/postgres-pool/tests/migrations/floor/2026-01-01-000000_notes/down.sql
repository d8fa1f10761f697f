drop table floor.note;
