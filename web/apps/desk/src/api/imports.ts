import { http } from "../app/http.ts";

export type ImportState = "waiting" | "running" | "done" | "failed" | "cancelled";

export interface ImportCounts {
  readonly products: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly errors: number;
  readonly warnings: number;
}

export interface ImportRun {
  readonly id: string;
  readonly shop_id: string;
  readonly file_name: string;
  readonly format: string;
  readonly is_dry_run: boolean;
  readonly state: ImportState;
  readonly total_bytes: number;
  readonly read_bytes: number;
  readonly progress: number;
  readonly counts: ImportCounts;
  readonly problem: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

export interface ImportProblem {
  readonly number: number;
  readonly line: number;
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly is_error: boolean;
}

const at = (id: string) => `/api/desk/imports/${id}`;

export const listImports = (
  shopId: string,
): Promise<{ items: readonly ImportRun[]; seq: number }> =>
  http.get("/api/desk/imports", { shop_id: shopId });
export const readImport = (id: string): Promise<ImportRun> => http.get(at(id));
export const startImport = (
  file: File,
  how: { shopId: string; isDryRun: boolean },
): Promise<ImportRun> =>
  http.upload(`/api/desk/imports?shop_id=${how.shopId}&dry_run=${how.isDryRun}`, file);
export const cancelImport = (id: string): Promise<ImportRun> => http.post(`${at(id)}/cancel`);
export const listProblems = (
  id: string,
  cursor: string | null,
): Promise<{ items: readonly ImportProblem[]; next: string | null }> =>
  http.get(`${at(id)}/problems`, { cursor });
