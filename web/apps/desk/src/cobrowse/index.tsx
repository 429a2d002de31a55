import { lazily } from "../app/lazy.tsx";

/** The customer's page (see `customers-page.tsx`), whose code is fetched when it is first shown. */
export const { View: CustomersPage } = lazily(
  async () => (await import("./customers-page.tsx")).CustomersPage,
);
