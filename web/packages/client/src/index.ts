export * from "./client.ts";
export type { Subscription, TopicListener } from "./topics.ts";
