import { stripe } from "../../../lib/stripe";

export async function POST(request: Request) {
  const { plan } = await request.json();
  try {
    const session = await stripe.checkout.sessions.create({
      mode: "subscription",
      line_items: [{ price: plan, quantity: 1 }],
    });
    return Response.json({ url: session.url });
  } catch (error) {
    console.error("checkout failed", error);
    return Response.json({ error: "checkout failed" }, { status: 500 });
  }
}
