"""Prints the constraints of the input of AWS operations as JSON, each by the member's path in lower case.

Arguments: operations such as lambda:CreateFunction. The local AWS installs botocore.
"""

import json
import sys

import botocore
import botocore.session

CONSTRAINTS = ("min", "max", "pattern", "enum")


def constraints(shape, path, within=()):
    found = {key: shape.metadata[key] for key in CONSTRAINTS if key in shape.metadata}
    if found.get("pattern") in (".*", "[\\s\\S]*"):
        del found["pattern"]
    if path and found:
        yield path.lower(), {"member": path, "type": shape.type_name, **found}
    if shape.name in within:
        return
    within += (shape.name,)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from constraints(member, f"{path}.{name}" if path else name, within)
    elif shape.type_name == "list":
        yield from constraints(shape.member, f"{path}[]", within)


def main():
    session = botocore.session.get_session()
    operations, members = {}, {}
    for operation in sys.argv[1:]:
        service, name = operation.split(":")
        shape = session.get_service_model(service).operation_model(name).input_shape
        operations[operation] = dict(constraints(shape, ""))
        members[operation] = {"all": sorted(shape.members), "required": sorted(shape.required_members)}
    json.dump({"botocore": botocore.__version__, "operations": operations, "members": members}, sys.stdout)


main()
