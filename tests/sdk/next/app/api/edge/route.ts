import { refund } from "../../till";

export const runtime = "edge";
export const dynamic = "force-dynamic";

export function GET() {
  return Response.json({ paid: refund(30, "edge") });
}
