#![allow(clippy::all, clippy::unwrap_used, missing_docs, clippy::print_stdout, reason="tmp")]
use std::{sync::Arc, time::{Duration, Instant}};
use directory::*; use directory_store::postgres::*; use events::*; use scim::*; use serde_json::json; use uuid::Uuid;
fn ch(m: Mutation, kind: SubjectKind, id: Uuid, ev: bool) -> Change {
  let s = Subject{kind, id};
  Change{integration: IntegrationId(Uuid::nil()), at: "2026-01-01T00:00:00Z".parse().unwrap(), txn: Uuid::new_v4(), traceparent: None, mutation: m,
   events: if ev {vec![NewEvent{id: EventId(Uuid::new_v4()), event_type: EventType::UserChanged, subject: s, data: "x".repeat(800)}]} else {vec![]},
   log: LogEntry{operation: Operation::Patch, subject: s, changed: vec!["displayName".into()]}}
}
fn user() -> UserRecord { let id = Uuid::now_v7(); let n = id.to_string();
 UserRecord{ id: UserId(id), version: Version::FIRST, created: "2026-01-01T00:00:00Z".parse().unwrap(), last_modified: "2026-01-01T00:00:00Z".parse().unwrap(),
  resource: Resource::from_stored(ResourceType::User, json!({"userName": format!("{n}@x"), "externalId": n, "displayName": "Abc Def", "emails":[{"type":"work","value":format!("{n}@x")}], "title": "y".repeat(400)}).as_object().unwrap().clone()) } }
async fn run<F, Fut>(name: &str, c: usize, f: F) where F: Fn(usize, usize) -> Fut + Send + Sync + 'static, Fut: Future<Output=()> + Send {
  let f = Arc::new(f); let mut set = tokio::task::JoinSet::new(); let start = Instant::now();
  for w in 0..c { let f = f.clone(); set.spawn(async move { let mut lat = vec![]; let mut i=0; while start.elapsed() < Duration::from_secs(2) { let t=Instant::now(); f(w,i).await; lat.push(t.elapsed()); i+=1;} lat }); }
  let mut lat: Vec<_> = set.join_all().await.into_iter().flatten().collect(); let el = start.elapsed(); lat.sort();
  println!("{name} c={c}: {:.0}/s p50 {:?} p99 {:?}", lat.len() as f64/el.as_secs_f64(), lat[lat.len()/2], lat[lat.len()*99/100]);
}
#[tokio::test(flavor="multi_thread")]
async fn bench() {
  let db = testkit::postgres::TestDatabase::create().await; migrate(db.url()).await.unwrap();
  let store = Arc::new(PostgresDirectoryStore::connect(db.url(), PostgresOptions::default()).await.unwrap());
  for c in [1, 8, 32] { let s = store.clone(); run("create", c, move |_,_| { let s=s.clone(); async move { let u=user(); let id=u.id.0; s.commit(ch(Mutation::CreateUser(u), SubjectKind::User, id, true)).await.unwrap(); }}).await; }
  let us: Arc<Vec<UserRecord>> = Arc::new((0..32).map(|_| user()).collect());
  for u in us.iter() { store.commit(ch(Mutation::CreateUser(u.clone()), SubjectKind::User, u.id.0, true)).await.unwrap(); }
  let base = Arc::new(std::sync::Mutex::new(vec![1i64; 32]));
  for c in [1, 32] { let (s, us, base) = (store.clone(), us.clone(), base.clone()); run("replace", c, move |w,_| { let (s,us,base)=(s.clone(),us.clone(),base.clone()); async move {
     let v = {let mut b=base.lock().unwrap(); b[w]+=1; b[w]-1}; let mut u=us[w].clone(); u.version=Version(v+1); let id=u.id.0; s.commit(ch(Mutation::ReplaceUser{record:u, expected:Version(v)}, SubjectKind::User, id, true)).await.unwrap(); }}).await; }
  for c in [1, 32] { let (s, us) = (store.clone(), us.clone()); run("find", c, move |w,_| { let (s,us)=(s.clone(),us.clone()); async move {
     let key = UserKey::UserName(scim::fold(us[w].resource.user_name().unwrap())); assert_eq!(s.users(IntegrationId(Uuid::nil()), &UserSelection{key, page: Page{offset:0,limit:100}}).await.unwrap().total, 1); }}).await; }
  // group
  let g = GroupId(Uuid::now_v7());
  let ids: Vec<UserId> = { let p = s_all(&store).await; p };
  println!("users {}", ids.len());
  let rec = GroupRecord{id:g, version:Version(1), created:"2026-01-01T00:00:00Z".parse().unwrap(), last_modified:"2026-01-01T00:00:00Z".parse().unwrap(), resource: Resource::from_stored(ResourceType::Group, json!({"displayName":"G"}).as_object().unwrap().clone())};
  store.commit(ch(Mutation::CreateGroup{record:rec, members:vec![]}, SubjectKind::Group, g.0, true)).await.unwrap();
  let edit = |m| ch(Mutation::EditMembers{id:g, expected:None, members:m}, SubjectKind::Group, g.0, false);
  let t=Instant::now(); let mut first=vec![];
  for chunk in ids[1..].chunks(100).take(500) { let q=Instant::now(); store.commit(edit(MemberChange::Delta{add:chunk.to_vec(), remove:vec![]})).await.unwrap(); first.push(q.elapsed()); }
  let n=first.len(); println!("adds by 100: {:.0} members/s first10 {:?} last10 {:?}", n as f64*100.0/t.elapsed().as_secs_f64(), first[..10].iter().sum::<Duration>()/10, first[n-10..].iter().sum::<Duration>()/10);
  let one = ids[0];
  for (c, name) in [(1,"toggle member")] { let s=store.clone(); run(name, c, move |_,i| { let s=s.clone(); async move { let m = if i%2==0 {MemberChange::Delta{add:vec![one],remove:vec![]}} else {MemberChange::Delta{add:vec![],remove:vec![one]}}; s.commit(ch(Mutation::EditMembers{id:g, expected:None, members:m}, SubjectKind::Group, g.0, false)).await.unwrap(); }}).await; }
  for _ in 0..8 { let t=Instant::now(); let c = store.commit(edit(MemberChange::Replace(ids[..ids.len().min(20000)].to_vec()))).await.unwrap(); println!("replace 20k {:?} {:?}", c, t.elapsed()); }
  let t=Instant::now(); let m=store.members(IntegrationId(Uuid::nil()), g).await.unwrap(); println!("members {} {:?}", m.len(), t.elapsed());
  let t=Instant::now(); let c=store.claim(RelayId(Uuid::nil()), 500, Duration::from_secs(30)).await.unwrap(); println!("claim {} {:?}", c.len(), t.elapsed());
  for off in [0, 5000, 20000] { let t=Instant::now(); let u=store.users(IntegrationId(Uuid::nil()), &UserSelection{key:UserKey::All, page:Page{offset:off,limit:100}}).await.unwrap(); println!("page {off} total {} {:?}", u.total, t.elapsed()); }
}
async fn s_all(s: &PostgresDirectoryStore) -> Vec<UserId> { s.users(IntegrationId(Uuid::nil()), &UserSelection{key:UserKey::All, page:Page{offset:0,limit:60000}}).await.unwrap().items.into_iter().map(|u|u.id).collect() }
