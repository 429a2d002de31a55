/* The wire's types, under the names this program uses. */
export type {
  AttachmentView,
  CallCard,
  ChannelsView,
  ChannelView,
  CobrowseCard,
  ConversationView,
  CustomerConversation,
  MessageView,
  OrderCard,
  ProductCard,
  ProposalCard,
  RatingCard,
  SystemFact,
  WalkCard,
} from "@stoa/protocol";
