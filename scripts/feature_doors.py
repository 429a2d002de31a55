"""An import-linter contract: from outside a feature only some of its modules may be imported.

A feature is a package directly inside one of `areas`. Everybody may import its `doors`; the
`edges`, which join the parts, may import its `edge_doors` as well. What is inside a door that is
a package (`service.cancel_order`) belongs to the door.
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
        broken = [
            f"{importer} imports {imported}"
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not self._is_allowed(importer, imported)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)

    def _is_allowed(self, importer: str, imported: str) -> bool:
        feature, door = self._split(imported)
        if feature is None or is_within(importer, feature):
            return True
        doors = words(self.doors)
        if any(is_within(importer, edge) for edge in words(self.edges)):
            doors = [*doors, *words(self.edge_doors)]
        return door in doors

    def _split(self, module: str) -> tuple[str | None, str]:
        """Returns the feature a module belongs to and its door: ("stoa.people.identity", "models").

        The feature is None for modules that are in no feature.
        """
        for area in words(self.areas):
            if module.startswith(f"{area}."):
                feature, _, rest = module.removeprefix(f"{area}.").partition(".")
                return f"{area}.{feature}", rest.partition(".")[0]
        return None, ""


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def words(field: fields.ListField) -> list[str]:
    return cast("list[str]", field)
