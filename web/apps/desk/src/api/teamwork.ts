import type {
  BulkItem,
  BulkRequest,
  BulkResult,
  Filters,
  MacroInput,
  MacroView,
  SavedViewInput,
  SavedViewView,
  SearchResults,
  TagInput,
  TagView,
  ViewCounts,
} from "@stoa/protocol";
import { http } from "../app/http.ts";

export type {
  ConversationHit,
  CustomerHit,
  Filters,
  MacroInput,
  MacroView as Macro,
  OrderHit,
  SavedViewInput,
  SavedViewView as SavedView,
  SearchResults,
  SnippetPiece,
  TagView as Tag,
} from "@stoa/protocol";

export type Act = BulkItem["acts"][number];
/** What came of the acts on one conversation. */
export type Acted = BulkResult["items"][number];
export type TagTone = TagView["tone"];
export type FiltersInput = NonNullable<SavedViewInput["filters"]> & Partial<Filters>;

export const bulk = (items: BulkRequest["items"]): Promise<BulkResult> =>
  http.post("/api/desk/bulk", { items });

export const makeTag = (shopId: string, form: TagInput): Promise<TagView> =>
  http.post(`/api/desk/tags?shop_id=${shopId}`, form);
export const changeTag = (id: string, form: TagInput): Promise<TagView> =>
  http.put(`/api/desk/tags/${id}`, form);
export const mergeTag = (id: string, into: string): Promise<TagView> =>
  http.post(`/api/desk/tags/${id}/merge`, { into });
export const removeTag = (id: string): Promise<void> => http.delete(`/api/desk/tags/${id}`);

export const readViewCounts = (): Promise<ViewCounts> => http.get("/api/desk/views/counts");
export const createView = (form: SavedViewInput): Promise<SavedViewView> =>
  http.post("/api/desk/views", form);
export const changeView = (id: string, form: SavedViewInput): Promise<SavedViewView> =>
  http.put(`/api/desk/views/${id}`, form);
export const deleteView = (id: string): Promise<void> => http.delete(`/api/desk/views/${id}`);
export const orderViews = (ids: readonly string[]): Promise<void> =>
  http.put("/api/desk/views/order", { ids });

export const createMacro = (shopId: string, form: MacroInput): Promise<MacroView> =>
  http.post(`/api/desk/macros?shop_id=${shopId}`, form);
export const changeMacro = (id: string, form: MacroInput): Promise<MacroView> =>
  http.put(`/api/desk/macros/${id}`, form);
export const deleteMacro = (id: string): Promise<void> => http.delete(`/api/desk/macros/${id}`);

export const search = (query: Record<string, string | null>): Promise<SearchResults> =>
  http.get("/api/desk/search", query);
