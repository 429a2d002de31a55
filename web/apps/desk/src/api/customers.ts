import type {
  Begun,
  ChangeCustomer,
  ConsentInput,
  ContactPointInput,
  CustomerExport,
  CustomerList,
  CustomerMergePreview,
  CustomerPage,
  CustomerTimeline,
  ErasurePreview,
  ErasureReport,
  MergeProposalList,
  WriteFirst,
} from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  ConsentRequestView,
  ConsentView,
  ContactPointView,
  CustomerExport,
  CustomerLine,
  CustomerMergePreview,
  CustomerMergeView,
  CustomerPage,
  CustomerTimeline,
  CustomerTimelineItem,
  ErasurePreview,
  Evidence,
  MergeProposalView,
} from "@stoa/protocol";

export type TimelineFilter = "all" | "messages" | "calls" | "orders" | "visits" | "notes";
interface Exports {
  readonly items: CustomerExport[];
}

const at = (id: string) => `/api/desk/customers/${id}`;

export const listCustomers = (q: string, cursor: string | null): Promise<CustomerList> =>
  http.get("/api/desk/customers", { q, cursor });
export const readCustomer = (id: string): Promise<CustomerPage> => http.get(at(id));
export const readTimeline = (
  id: string,
  show: TimelineFilter,
  cursor: string | null,
): Promise<CustomerTimeline> => http.get(`${at(id)}/timeline`, { show, cursor });
export const changeCustomer = (id: string, form: ChangeCustomer): Promise<CustomerPage> =>
  http.put(at(id), form);
/** Whoever speaks in the conversation is a customer from now on. */
export const knowCustomer = (conversationId: string, name: string): Promise<CustomerPage> =>
  http.post(`/api/desk/conversations/${conversationId}/customer`, { name });
/** A conversation in which the shop writes first. */
export const writeFirst = (id: string, form: WriteFirst): Promise<Begun> =>
  http.post(`${at(id)}/conversations`, form);
export const addNote = (id: string, body: string): Promise<CustomerPage> =>
  http.post(`${at(id)}/notes`, { body });
export const addPoint = (id: string, form: ContactPointInput): Promise<CustomerPage> =>
  http.post(`${at(id)}/points`, form);
export const dropPoint = (id: string, pointId: string): Promise<CustomerPage> =>
  http.delete(`${at(id)}/points/${pointId}`);
export const addConsent = (id: string, form: ConsentInput): Promise<CustomerPage> =>
  http.post(`${at(id)}/consents`, form);

export const listProposals = (): Promise<MergeProposalList> =>
  http.get("/api/desk/customer-proposals");
export const dismissProposal = (id: string): Promise<void> =>
  http.post(`/api/desk/customer-proposals/${id}/dismiss`);
export const previewMerge = (intoId: string, fromId: string): Promise<CustomerMergePreview> =>
  http.get(`${at(intoId)}/merge`, { from_id: fromId });
export const merge = (intoId: string, fromId: string): Promise<CustomerPage> =>
  http.post(`${at(intoId)}/merge`, { from_id: fromId });
export const previewUnmerge = (mergeId: string): Promise<CustomerMergePreview> =>
  http.get(`/api/desk/customer-merges/${mergeId}`);
export const unmerge = (mergeId: string): Promise<CustomerPage> =>
  http.delete(`/api/desk/customer-merges/${mergeId}`);

export const listExports = (id: string): Promise<Exports> => http.get(`${at(id)}/exports`);
export const beginExport = (id: string): Promise<Exports> => http.post(`${at(id)}/exports`);
export const dropExport = (exportId: string): Promise<void> =>
  http.delete(`/api/desk/customer-exports/${exportId}`);
export const exportPath = (exportId: string) => `/api/desk/customer-exports/${exportId}/file`;
export const previewErasure = (id: string): Promise<ErasurePreview> =>
  http.get(`${at(id)}/erasure`);
export const erase = (
  id: string,
  shown: { messages: number; conversations: number },
): Promise<ErasureReport> => http.post(`${at(id)}/erasure`, shown);
