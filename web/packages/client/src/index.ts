export * from "./client.ts";
export { Newest } from "./newest.ts";
export type { Subscription, TopicListener } from "./topics.ts";
