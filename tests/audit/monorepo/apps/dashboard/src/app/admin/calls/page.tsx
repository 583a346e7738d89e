import { supabase } from "../../../lib/supabase";

export default async function AdminCalls() {
  const { data } = await supabase.from("calls").select("*");
  return <pre>{JSON.stringify(data)}</pre>;
}
