"""An import-linter contract: from outside a feature only some of its modules may be imported.

A feature is a package directly inside one of `areas`; a single module there is none. Everybody may
import its `doors`; the `edges`, which join the parts, may import its `edge_doors` as well. What is
inside a door that is a package (`service.cancel_order`) belongs to the door.
"""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FeatureDoorsContract(Contract):
    """Its fields are descriptions that import-linter replaces by lists of words."""

    areas = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())
    edge_doors = fields.ListField(subfield=fields.StringField())
    edges = fields.ListField(subfield=fields.StringField())

    def check(
        self,
        graph: ImportGraph,
        verbose: bool,  # noqa: ARG002 - the base class's signature
    ) -> ContractCheck:
        """Returns every import that climbs in through a window."""
        features = {
            child
            for area in words(self.areas)
            if area in graph.modules
            for child in graph.find_children(area)
            if graph.find_children(child)
        }
        broken = [
            f"{importer} imports {imported}"
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not self._is_allowed(importer, imported, features=features)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)

    def _is_allowed(self, importer: str, imported: str, *, features: set[str]) -> bool:
        feature = next((each for each in features if is_within(imported, each)), None)
        if feature is None or is_within(importer, feature):
            return True
        doors = words(self.doors)
        if any(is_within(importer, edge) for edge in words(self.edges)):
            doors = [*doors, *words(self.edge_doors)]
        return imported.removeprefix(f"{feature}.").partition(".")[0] in doors


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def words(field: fields.ListField) -> list[str]:
    return cast("list[str]", field)
