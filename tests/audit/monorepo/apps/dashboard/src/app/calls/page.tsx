import { supabase } from "../../lib/supabase";

export default async function Calls() {
  const { data, error } = await supabase.from("calls").select("id, began");
  if (error) throw error;
  return <ul>{data.map((call) => <li key={call.id}>{call.began}</li>)}</ul>;
}
