import { charge } from "../../till";

export const dynamic = "force-dynamic";

export function GET() {
  return Response.json({ paid: charge(20, "server") });
}
